/** `GET /v1/outbound`: the upstream's JSON as it is, or why not, and the upstream's status on request. */
import { expect, test } from 'vitest';
import { serveOutbound } from '../support/outbound-calls.js';

const { got } = await serveOutbound();

test.each([404, 409, 422, 429, 500, 503])(
  "%i is a 502 that says so, or has the upstream's status",
  async (code) => {
    const target = `/status?code=${code}`;
    expect(await got(target)).toMatchObject({ status: 502, json: { status: 502, upstreamStatus: code } });
    expect(await got(target, { errors: 'passthrough' })).toMatchObject({
      status: code,
      headers: { 'content-type': expect.stringContaining('application/problem+json') },
      json: { status: code, upstreamStatus: code },
    });
  },
);

test.each([401, 407])('%i is never passed through: it would speak of our own tokens', async (code) => {
  const answer = await got(`/status?code=${code}&WWW-Authenticate=Basic&Proxy-Authenticate=Basic`, {
    errors: 'passthrough',
  });
  expect(answer).toMatchObject({ status: 502, json: { upstreamStatus: code } });
  expect(answer.headers).not.toHaveProperty('proxy-authenticate');
});

test.each([300, 302, 304, 600, 999])('nor is %i, which is no error', async (code) => {
  const answer = await got(`/status?code=${code}`, { errors: 'passthrough' });
  expect(answer).toMatchObject({ status: 502, json: { code: expect.stringMatching(/^UPSTREAM_/) } });
});

test('a 204 is none of its answers: it has no JSON', async () => {
  expect(await got('/status?code=204')).toMatchObject({ status: 502, json: { code: 'UPSTREAM_INVALID' } });
});

test.each([
  '{"n":12345678901234567890,"x":1.10,"e":1E400}',
  '{"a":1,"a":2}',
  '{"__proto__":{"a":1}}',
  '[]',
  'null',
  '0',
  '"text"',
  '"\\ud800"',
  ' { "spaced" : [ 1 ] } ',
])('a success comes as it is: %s', async (text) => {
  const answer = await got(`/json?${new URLSearchParams({ text })}`);
  expect(answer).toMatchObject({
    status: 200,
    headers: { 'content-type': expect.stringMatching(/^application\/json/) },
  });
  expect(answer.text).toBe(text);
});

test.each(['', 'PASSTHROUGH', 'true'])('errors=%j is refused', async (errors) => {
  expect(await got('/echo', { errors })).toMatchObject({ status: 400, json: { code: 'VALIDATION_FAILED' } });
});
