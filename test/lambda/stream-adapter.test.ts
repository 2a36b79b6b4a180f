/** What the streaming adapter owes the application: who leaves is heard of, and what breaks off fails. */
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Context } from 'aws-lambda';
import createFastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onceGone } from '#dist/inbound/once-gone.js';
import { watchDeadlines } from '#dist/inbound/request-deadline.js';
import { streamEvents } from '#dist/lambda/http/stream-events.js';
import { awslambda, ResponseStream, resultOfStream } from '../../scripts/bundle/awslambda.js';
import { httpEvent } from '../../scripts/bundle/typical-events.js';
import { eventually } from '../support/eventually.js';

let fastify: FastifyInstance;
let isGone = false;
let made = 0;

async function* endless(): AsyncGenerator<string> {
  for (;;) {
    // Else nothing else of this process would have its turn.
    await new Promise(setImmediate);
    made += 1;
    yield 'x'.repeat(10_000);
  }
}

beforeAll(async () => {
  fastify = createFastify();
  fastify.decorateRequest('meter');
  fastify.addHook('onRequest', (request, _reply, done) => {
    request.meter = {};
    done();
  });
  watchDeadlines(fastify);
  fastify.get('/endless', (_request, reply) => {
    isGone = false;
    made = 0;
    onceGone(reply, () => {
      isGone = true;
    });
    return reply.send(Readable.from(endless()));
  });
  fastify.get('/never', (_request, reply) => {
    reply.hijack();
    setTimeout(() => reply.raw.destroy(), 20);
  });
  await fastify.ready();
});
afterAll(() => fastify.close());

const handle = () => streamEvents(fastify, awslambda.HttpResponseStream.from);
function call(method: string, target: string, remainingMs = 20_000) {
  const stream = new ResponseStream();
  stream.on('error', () => undefined);
  const context = { getRemainingTimeInMillis: () => remainingMs } as Context;
  return { stream, handled: handle()(httpEvent(method, target, {}), stream, context) };
}

test('nothing is made that there is no room for', async () => {
  const { stream, handled } = call('GET', '/endless');
  await once(stream, 'readable');
  let before = -1;
  await eventually(() => {
    const now = made;
    const isStill = now === before;
    before = now;
    expect(isStill).toBe(true);
  });
  expect(made).toBeLessThan(100);
  stream.destroy();
  await handled;
});

test.each([
  ['closes', undefined],
  ['fails', new Error('the connection broke')],
])('when the platform’s stream %s, the work behind it hears of it and ends', async (_how, error) => {
  const { stream, handled } = call('GET', '/endless');
  stream.resume();
  await once(stream, 'data');
  expect(isGone).toBe(false);
  stream.destroy(error);
  await handled;
  expect(isGone).toBe(true);
  const before = made;
  await new Promise(setImmediate);
  expect(made - before).toBeLessThan(3);
});

test('an answer that has begun and is not done in time fails the invocation', async () => {
  const { stream, handled } = call('GET', '/endless', 2_500);
  stream.resume();
  await expect(handled).rejects.toMatchObject({ name: 'BrokenAnswer', isBegun: true });
  expect(stream.writableEnded).toBe(false);
});

test('one that is cut off before it begins is a problem', async () => {
  const { stream, handled } = call('GET', '/never');
  const [bytes] = await Promise.all([buffer(stream), handled]);
  const { statusCode, headers, body } = resultOfStream(bytes);
  expect({ statusCode, type: headers['content-type'], code: JSON.parse(body).code }).toEqual({
    statusCode: 500,
    type: 'application/problem+json; charset=utf-8',
    code: 'INTERNAL',
  });
});

test('a method that nobody knows is a problem, and what is no HTTP request fails', async () => {
  const { stream, handled } = call('FOO', '/endless');
  const [bytes] = await Promise.all([buffer(stream), handled]);
  expect(resultOfStream(bytes)).toMatchObject({ statusCode: 501, cookies: [] });
  await expect(handle()({ Records: [] }, new ResponseStream(), {} as Context)).rejects.toThrow(
    /answers HTTP/,
  );
});
