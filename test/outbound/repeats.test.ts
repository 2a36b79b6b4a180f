/** What is tried again, how often and when. */
import { describe, expect, test } from 'vitest';
import { serveOutbound } from '../support/outbound-calls.js';

const { upstream, fetched } = await serveOutbound();

/** Where there is an answer to come, a busy machine does not meet it. */
const LONG_MS = 15_000;
/** Of those that never answer: enough to be asked. */
const HANGING_MS = 3_000;

let keys = 0;
/** Counted by themselves. */
const fresh = (target: string) => `${target}&key=${++keys}`;

test('a GET is tried again until it succeeds, and says how often', async () => {
  const target = fresh('/flaky?fails=2');
  expect(await fetched(target, { retries: 3 })).toMatchObject({
    status: 200,
    json: { status: 200, attempts: 3, body: { tries: 3 } },
  });
  expect(upstream.count(target)).toBe(3);
});

test('it is not, unless that was asked for', async () => {
  const target = fresh('/flaky?fails=2');
  expect((await fetched(target)).json).toMatchObject({ status: 503, attempts: 1 });
  expect(upstream.count(target)).toBe(1);
});

test('broken connections count too', async () => {
  const target = fresh('/flaky-reset?fails=2');
  expect((await fetched(target, { retries: 2 })).json.status).toBe(200);
  expect(upstream.count(target)).toBe(3);
});

test('the last answer is handed out when none succeeds', async () => {
  const target = fresh('/flaky?fails=99');
  expect((await fetched(target, { retries: 2 })).json).toMatchObject({ status: 503, attempts: 3 });
  expect(upstream.count(target)).toBe(3);
});

test.each([400, 401, 403, 404, 409, 422, 501])('%i is an answer, not to be asked for again', async (code) => {
  const target = fresh(`/status?code=${code}`);
  expect((await fetched(target, { retries: 5 })).json).toMatchObject({ status: code, attempts: 1 });
  expect(upstream.count(target)).toBe(1);
});

test.each(['POST', 'PATCH'])('a %s is sent once, whatever happens', async (method) => {
  for (const path of [
    '/flaky?fails=9',
    '/flaky?fails=9&after=0',
    '/flaky?code=429&fails=9&after=0',
    '/flaky-reset?fails=9',
    '/hang?',
    '/reset-in-head?',
    '/reset-in-body?',
    '/truncated?',
    '/close?',
    '/invalid-json?',
  ]) {
    const target = fresh(path);
    const timeoutMs = path.startsWith('/hang') ? HANGING_MS : LONG_MS;
    await fetched(target, { method, body: { a: 1 }, retries: 5, timeoutMs });
    expect(upstream.count(target)).toBe(1);
  }
});

describe('Retry-After', () => {
  test('is obeyed', async () => {
    const target = fresh('/flaky?fails=1&after=2');
    const { json } = await fetched(target, { retries: 1, timeoutMs: 20_000 });
    expect(json).toMatchObject({ status: 200, attempts: 2 });
    // Timers may be a little early.
    expect(json.durationMs).toBeGreaterThan(1_990);
  });

  test.each(['60', '999999999', 'Fri, 31 Dec 9999 23:59:59 GMT'])(
    'of %s is beyond the deadline: the answer is handed out at once',
    async (after) => {
      const target = fresh(`/flaky?fails=1&after=${encodeURIComponent(after)}`);
      const { json } = await fetched(target, { retries: 5, timeoutMs: 20_000 });
      expect(json).toMatchObject({ status: 503, attempts: 1 });
      expect(json.durationMs).toBeLessThan(15_000);
      expect(upstream.count(target)).toBe(1);
    },
  );

  test.each(['nonsense', '-5', '1e99', ''])('of %j is not believed', async (after) => {
    const target = fresh(`/flaky?fails=1&after=${encodeURIComponent(after)}`);
    expect((await fetched(target, { retries: 1 })).json).toMatchObject({ status: 200, attempts: 2 });
  });
});

test('the deadline holds over all tries together', async () => {
  const startedMs = performance.now();
  const answer = await fetched(fresh('/hang?'), { retries: 5, timeoutMs: 1_000 });
  expect(answer).toMatchObject({ status: 504, json: { code: 'UPSTREAM_TIMEOUT' } });
  expect(performance.now() - startedMs).toBeLessThan(10_000);
});
