/** Whatever an upstream does, the caller gets a true answer in time, and nothing is left behind. */
import { afterAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { hostilities } from '../support/hostile-answers.js';
import { serveOutbound } from '../support/outbound-calls.js';
import type { Answer } from '../support/transports.js';
import { startUnacceptingServer, UNPLAYABLE } from '../support/unaccepting-server.js';

const unaccepting = await startUnacceptingServer();
const nobodysPort = await freePort();
afterAll(() => unaccepting?.close());
const { api, upstream, fetched, got } = await serveOutbound({}, [
  ...(unaccepting ? [unaccepting.port] : []),
  nobodysPort,
]);

/** What has to wait for its deadline has a short one; what has not is not to meet it on a busy machine. */
const SHORT_MS = 700;
const LONG_MS = 15_000;
/** More than a busy machine needs to say so. */
const SLACK_MS = 10_000;

/** What the gateway made of it: its problem's code, or the status. */
const outcomeOf = ({ status, json }: Answer): string => json?.code ?? String(status);

const statusOf = (code: string) => (code === 'UPSTREAM_TIMEOUT' ? 504 : code === 'URL_INVALID' ? 400 : 502);

async function expectRight(answer: Answer, right: readonly string[]) {
  const outcome = outcomeOf(answer);
  expect(right).toContain(outcome);
  if (outcome === '200') return;
  expect(answer.status).toBe(statusOf(outcome));
  expect(answer.headers).toMatchObject({
    'content-type': expect.stringContaining('application/problem+json'),
    'x-request-id': expect.any(String),
  });
  expect(answer.json).toMatchObject({
    status: answer.status,
    title: expect.any(String),
    detail: expect.any(String),
  });
}

/**
 * One connection may be kept for the next call, and is used by it. What comes late must come before that call: in the very
 * moment of it nobody could tell it from the call's own answer.
 */
async function expectNothingLeft(path: string) {
  if (path === '/late-answer') await eventually(() => expect(upstream.openSockets()).toBe(0));
  const next = await fetched('/echo');
  expect(next).toMatchObject({ status: 200, json: { status: 200, body: { target: '/echo' } } });
  await eventually(() => expect(upstream.openSockets()).toBeLessThanOrEqual(1));
}

test.each(hostilities)('$path is answered with one of $right', async ({ path, right, isOnlyNotJson }) => {
  const timeoutMs = right.includes('UPSTREAM_TIMEOUT') ? SHORT_MS : LONG_MS;
  const startedMs = performance.now();
  const answer = await fetched(path, { timeoutMs });
  expect(performance.now() - startedMs).toBeLessThan(timeoutMs + SLACK_MS);
  await expectRight(answer, isOnlyNotJson ? [...right, '200'] : right);
  await expectNothingLeft(path);
});

test.each(hostilities.filter(({ right }) => !right.includes('UPSTREAM_TIMEOUT')))(
  'GET /v1/outbound of $path is answered with one of $right',
  async ({ path, right }) => {
    const answer = await got(path);
    // Another status than 2xx is a problem of its own, whatever the body was going to be.
    await expectRight(answer, answer.json?.upstreamStatus === undefined ? right : [outcomeOf(answer)]);
    await expectNothingLeft(path);
  },
);

test('a host that takes no connections is waited for until the deadline', async ({ skip }) => {
  skip(unaccepting === undefined, UNPLAYABLE);
  const answer = await fetched(`http://127.0.0.1:${unaccepting?.port}/`, { timeoutMs: SHORT_MS });
  await expectRight(answer, ['UPSTREAM_TIMEOUT']);
});

test('a port where nobody listens is said to be unreachable at once', async () => {
  await expectRight(await fetched(`http://127.0.0.1:${nobodysPort}/`, { timeoutMs: LONG_MS }), [
    'UPSTREAM_UNREACHABLE',
  ]);
});

test('what came with an answer and after its end is never taken for the next one', async () => {
  for (const path of ['/second-answer', '/too-long']) {
    await fetched(path);
    for (let call = 0; call < 3; call += 1) expect((await fetched('/echo')).text).not.toContain('poison');
  }
});

test('a connection by which something comes unasked is not used again', async () => {
  const before = upstream.count('late answer');
  await fetched('/late-answer');
  await eventually(() => expect(upstream.count('late answer')).toBe(before + 1));
  const next = await fetched('/stale-idle?ms=60000');
  expect(next.json.body).toEqual({ nth: 1 });
});

test('JSON with __proto__ in it is handed on as it was written', async () => {
  const written = await (await fetch(`${upstream.origin}/proto-json`)).text();
  expect(written).toContain('"__proto__"');
  expect((await got('/proto-json')).text).toBe(written);
  expect((await fetched('/proto-json')).text).toContain(`"body":${written}`);
});

test('no connection stays open for good', async () => {
  await eventually(() => expect(upstream.openSockets()).toBe(0));
});

test('the process is well', async () => {
  expect((await api.get('/health/ready')).status).toBe(200);
});
