import { beforeEach, expect, test } from 'vitest';
import { RuntimeApi } from '../../emulator/runtime-api.js';

let api: RuntimeApi;
beforeEach(async () => {
  const opened = await RuntimeApi.open();
  api = opened;
  return () => opened.close();
});

const call = (path: string, init?: RequestInit) =>
  fetch(`http://${api.address}/2018-06-01/runtime/${path}`, init);
const post = async (path: string, body = '{}', headers: Record<string, string> = {}) => {
  const answer = await call(path, { method: 'POST', body, headers });
  return { status: answer.status, body: await answer.json() };
};
const invocation = {
  requestId: '8476a536-e9f4-11e8-9739-2dfe598c3fcd',
  deadlineMs: 1_542_409_706_888,
  functionArn: 'arn:aws:lambda:us-east-2:123456789012:function:custom-runtime',
  traceId: 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1',
  event: '{"rides":1}',
};
const event = `invocation/${invocation.requestId}`;
const invalidId = {
  status: 400,
  body: { errorType: 'InvalidRequestID', errorMessage: 'Invalid request ID' },
};

test('the first question for an event ends INIT, and waits for the event', async () => {
  const next = call('invocation/next');
  await api.asked();
  const posted = api.give(invocation);
  const answer = await next;
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': invocation.requestId,
    'lambda-runtime-deadline-ms': '1542409706888',
    'lambda-runtime-invoked-function-arn': invocation.functionArn,
    'lambda-runtime-trace-id': invocation.traceId,
  });
  expect(await answer.json()).toEqual({ rides: 1 });
  expect(await post(`${event}/response`, '"done"')).toEqual({ status: 202, body: { status: 'OK' } });
  expect(await posted).toEqual({ kind: 'response', payload: '"done"' });
});

test('an error of an event and one of INIT are handed on as they were told', async () => {
  void call('invocation/next');
  await api.asked();
  const posted = api.give(invocation);
  expect((await post(`${event}/error`, '{"errorType":"E"}')).status).toBe(202);
  expect(await posted).toEqual({ kind: 'error', payload: '{"errorType":"E"}' });
  expect((await post('init/error', '{"errorType":"I"}')).status).toBe(202);
  expect(await api.initError()).toEqual({ kind: 'error', payload: '{"errorType":"I"}' });
});

test('no event is to be had before it is asked for', () => {
  expect(() => api.give(invocation)).toThrow('has not asked');
});

test('an answer to another request, to none, or a second one is refused', async () => {
  expect(await post(`${event}/response`)).toEqual(invalidId);
  void call('invocation/next');
  await api.asked();
  const posted = api.give(invocation);
  expect(await post('invocation/other/response')).toEqual(invalidId);
  expect((await post(`${event}/response`, '1')).status).toBe(202);
  expect(await post(`${event}/response`, '2')).toEqual(invalidId);
  expect(await post(`${event}/error`)).toEqual(invalidId);
  expect(await posted).toEqual({ kind: 'response', payload: '1' });
});

test('an answer of more than 6 MiB and 100 bytes is refused and becomes the error of the event', async () => {
  void call('invocation/next');
  await api.asked();
  const posted = api.give(invocation);
  expect(await post(`${event}/response`, 'x'.repeat(6_291_557))).toMatchObject({ status: 413 });
  expect(JSON.parse((await posted).payload)).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
});

test('an answer in a mode that there is not is refused', async () => {
  void call('invocation/next');
  await api.asked();
  void api.give(invocation);
  const answered = await post(`${event}/response`, '', {
    'lambda-runtime-function-response-mode': 'dripping',
  });
  expect(answered).toMatchObject({ status: 400, body: { errorType: 'InvalidFunctionResponseMode' } });
});

test('what is no part of it is 404', async () => {
  expect((await call('extension')).status).toBe(404);
  expect((await call('invocation/next', { method: 'DELETE' })).status).toBe(404);
});
