/** Many calls as one request: how many at the same time, how long, how much, and what is left when the caller goes. */
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.js';
import { askForLines } from '../support/line-client.js';
import { serveOutbound } from '../support/outbound-calls.js';
import type { Fields, Json } from '../support/transports.js';

const HOST_CONCURRENCY = 6;
const MAX_TOTAL_BYTES = 500_000;
const { api, upstream, other, fetched } = await serveOutbound({
  OUTBOUND_HOST_CONCURRENCY: String(HOST_CONCURRENCY),
  OUTBOUND_MAX_TOTAL_BYTES: String(MAX_TOTAL_BYTES),
});

const items = (count: number, target: string) =>
  Array.from({ length: count }, () => ({ url: `${upstream.origin}${target}` }));
const batched = (body: object, as: Fields = api.admin.as) => api.post('/v1/outbound/batch', body, as);
const lined = async (body: object) => {
  const { port } = api.app.getHttpServer().address() as AddressInfo;
  const answer = await askForLines(port, '/v1/outbound/batch', body, api.admin.as);
  onTestFinished(() => answer.leave());
  return answer;
};
const release = () => fetch(`${upstream.origin}/release`);
const codes = (results: Json[]) => results.map(({ ok, problem }) => (ok ? 'ok' : problem.code));

/** What a slow item takes, in milliseconds; and what of it, at most, lies between a turn handed on and its time taken. */
const [SLOW_MS, HANDOVER_MS] = [60, 30];
/** Longer than a machine stalls: what is answered at once is answered by then. */
const DEADLINE_MS = 3_000;

/** The most that were under way at the same time, by what the results say. */
function mostAtOnce(results: Json[]): number {
  const changes = results.flatMap(({ startedMs, durationMs }) => [
    [startedMs, 1],
    // The turn is handed on before the time is taken.
    [startedMs + durationMs - HANDOVER_MS, -1],
  ]) as [number, number][];
  changes.sort(([a, one], [b, other]) => a - b || one - other);
  let underWay = 0;
  return Math.max(...changes.map(([, change]) => (underWay += change)));
}

describe('a strategy', () => {
  test.each([
    ['sequential', 1],
    ['bounded', 3],
    ['concurrent', 6],
  ])('%s has at most %i calls under way', async (strategy, most) => {
    const requests = items(6, `/slow?ms=${SLOW_MS}`);
    const { json } = await batched({ requests, strategy, concurrency: 3 });
    expect(codes(json.results)).toEqual(Array(6).fill('ok'));
    expect(mostAtOnce(json.results)).toBe(most);
    const { wallMs, sumMs, speedup } = json.summary;
    expect(speedup).toBeCloseTo(sumMs / wallMs, 1);
  });

  test('concurrent waits for no answer before it makes the next call', async () => {
    const answer = batched({ requests: items(HOST_CONCURRENCY, '/held?all'), strategy: 'concurrent' });
    await eventually(() => expect(upstream.count('/held?all')).toBe(HOST_CONCURRENCY));
    await release();
    expect((await answer).json.summary).toMatchObject({ ok: HOST_CONCURRENCY });
  });
});

describe('at the deadline', () => {
  test('what is there is answered; what has not ended is a problem each', async () => {
    const requests = [
      ...items(2, '/echo?in-time'),
      ...items(2, '/held?too-late'),
      ...items(1, '/echo?in-time'),
    ];
    const { status, json } = await batched({ requests, strategy: 'concurrent', timeoutMs: DEADLINE_MS });
    expect(status).toBe(200);
    expect(codes(json.results)).toEqual(['ok', 'ok', 'UPSTREAM_TIMEOUT', 'UPSTREAM_TIMEOUT', 'ok']);
    expect(json.results[2].problem).toMatchObject({ status: 504 });
    expect(json.summary).toMatchObject({ ok: 3, failed: 2, complete: false });
    await eventually(() => expect(upstream.openSockets()).toBeLessThanOrEqual(3));
  });

  test('what was not called yet is not called any more', async () => {
    const requests = [...items(1, '/echo?first'), ...items(1, '/held?second'), ...items(1, '/echo?third')];
    const { json } = await batched({ requests, strategy: 'sequential', timeoutMs: DEADLINE_MS });
    expect(codes(json.results)).toEqual(['ok', 'UPSTREAM_TIMEOUT', 'UPSTREAM_TIMEOUT']);
    expect(json.results[2]).toMatchObject({ durationMs: 0, problem: { status: 504 } });
    expect(json.summary.complete).toBe(false);
    expect(upstream.count('/echo?third')).toBe(0);
  });

  test("an item's own time may end sooner, and is no reason to call the batch incomplete", async () => {
    const [held] = items(1, '/held?own-time');
    const requests = [{ ...held, timeoutMs: 200 }, ...items(1, '/echo')];
    const { json } = await batched({ requests, strategy: 'sequential' });
    expect(codes(json.results)).toEqual(['UPSTREAM_TIMEOUT', 'ok']);
    expect(json.summary.complete).toBe(true);
  });
});

describe('more calls than a host may have at the same time', () => {
  test('wait for their turn; who makes a single one is told to come back', async () => {
    const count = 3 * HOST_CONCURRENCY;
    const answer = batched({
      requests: items(count, '/held?turns'),
      strategy: 'concurrent',
      timeoutMs: 25_000,
    });
    await eventually(() => expect(upstream.count('/held?turns')).toBe(HOST_CONCURRENCY));
    expect(await fetched('/echo')).toMatchObject({ status: 429, json: { code: 'OUTBOUND_BUSY' } });
    expect(await fetched(`${other.origin}/echo`)).toMatchObject({ status: 200 });
    expect(upstream.count('/held?turns')).toBe(HOST_CONCURRENCY);
    for (const turn of [1, 2, 3]) {
      await eventually(() => expect(upstream.count('/held?turns')).toBe(turn * HOST_CONCURRENCY));
      await release();
    }
    const { results, summary } = (await answer).json;
    expect(summary).toMatchObject({ ok: count, failed: 0, complete: true });
    expect(codes(results)).toEqual(Array(count).fill('ok'));
    expect(await fetched('/echo')).toMatchObject({ status: 200 });
  });

  test('whose turn does not come before the deadline are problems, and take no turn of others later', async () => {
    const requests = items(2 * HOST_CONCURRENCY, '/held?no-turn');
    const { json } = await batched({ requests, strategy: 'concurrent', timeoutMs: DEADLINE_MS });
    expect(codes(json.results)).toEqual(Array(2 * HOST_CONCURRENCY).fill('UPSTREAM_TIMEOUT'));
    expect(upstream.count('/held?no-turn')).toBe(HOST_CONCURRENCY);
    const next = await batched({ requests: items(HOST_CONCURRENCY, '/echo'), strategy: 'concurrent' });
    expect(next.json.summary).toMatchObject({ ok: HOST_CONCURRENCY });
  });
});

test('a batch whose calls wait for their turn is no reason to refuse its user a single call elsewhere', async () => {
  const requests = items(100, '/held?in-line');
  const answer = batched({ requests, strategy: 'concurrent', timeoutMs: DEADLINE_MS });
  await eventually(() => expect(upstream.count('/held?in-line')).toBe(HOST_CONCURRENCY));
  expect(await fetched(`${other.origin}/echo`)).toMatchObject({ status: 200 });
  expect((await answer).json.summary).toMatchObject({ ok: 0, failed: 100, complete: false });
});

test('a host that one user keeps busy takes the call of another one next', async () => {
  const somebody = await api.join();
  const busy = batched({
    requests: items(4 * HOST_CONCURRENCY, '/held?mine'),
    strategy: 'concurrent',
    timeoutMs: 25_000,
  });
  await eventually(() => expect(upstream.count('/held?mine')).toBe(HOST_CONCURRENCY));
  const requests = items(1, '/held?theirs');
  const one = batched({ requests, strategy: 'sequential', timeoutMs: 25_000 }, somebody.as);
  // They are in line by the time that a call, which is refused, has its answer.
  await eventually(async () => expect((await fetched('/echo', {}, somebody.as)).status).toBe(429));
  await release();
  await eventually(() => expect(upstream.count('/held?theirs')).toBe(1));
  expect(upstream.count('/held?mine')).toBeLessThan(2 * HOST_CONCURRENCY);
  for (let turn = 0; turn < 4; turn += 1) {
    await eventually(() =>
      expect(upstream.count('/held?mine')).toBeGreaterThanOrEqual(
        Math.min(4 * HOST_CONCURRENCY, (turn + 2) * HOST_CONCURRENCY - 1),
      ),
    );
    await release();
  }
  expect((await one).json.summary).toMatchObject({ ok: 1 });
  expect((await busy).json.summary).toMatchObject({ ok: 4 * HOST_CONCURRENCY });
});

test('a batch is one of the four requests that a user may have under way', async () => {
  const somebody = await api.join();
  const held = [1, 2, 3, 4].map(() =>
    batched({ requests: items(1, '/held?four'), strategy: 'sequential', timeoutMs: 25_000 }, somebody.as),
  );
  await eventually(() => expect(upstream.count('/held?four')).toBe(4));
  const requests = items(1, '/echo');
  const busy = { status: 429, json: { code: 'OUTBOUND_BUSY' } };
  expect(await batched({ requests, strategy: 'sequential' }, somebody.as)).toMatchObject(busy);
  expect(
    await batched({ requests, strategy: 'sequential' }, { ...somebody.as, accept: 'application/x-ndjson' }),
  ).toMatchObject(busy);
  await release();
  for (const answer of held) expect(await answer).toMatchObject({ status: 200 });
  expect(await batched({ requests, strategy: 'sequential' }, somebody.as)).toMatchObject({ status: 200 });
});

test('a whole answer has room for so much; what no longer fits is a problem, the rest stands', async () => {
  const requests = [...items(8, '/bytes?n=100000'), ...items(1, '/echo')];
  const { status, text, json } = await batched({ requests, strategy: 'sequential' });
  expect(status).toBe(200);
  expect(codes(json.results)).toEqual([...Array(4).fill('ok'), ...Array(4).fill('UPSTREAM_TOO_LARGE'), 'ok']);
  expect(text.length).toBeLessThan(MAX_TOTAL_BYTES);
  expect(json.summary).toMatchObject({ ok: 5, failed: 4, complete: true });
});

test('a whole answer of many small results is no larger either', async () => {
  const requests = [...items(3, '/bytes?n=100000'), ...items(97, '/bytes?n=2500')];
  const { text, json } = await batched({ requests, strategy: 'concurrent', timeoutMs: 25_000 });
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_TOTAL_BYTES);
  expect(json.summary.ok).toBeGreaterThan(0);
  expect(json.summary.failed).toBeGreaterThan(0);
});

describe('lines', () => {
  test('come as soon as each item has ended, whatever the others do', async () => {
    const requests = [...items(1, '/held?lines'), ...items(1, '/echo')];
    const answer = await lined({ requests, strategy: 'concurrent', timeoutMs: 25_000 });
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/x-ndjson; charset=utf-8', 'transfer-encoding': 'chunked' },
    });
    expect(await answer.next()).toMatchObject({ result: { index: 1, ok: true } });
    expect(upstream.count('/held?lines')).toBe(1);
    await release();
    expect(await answer.rest()).toMatchObject([{ result: { index: 0, ok: true } }, { summary: { ok: 2 } }]);
  });

  test('may be more in all than a whole answer', async () => {
    const answer = await lined({ requests: items(8, '/bytes?n=100000'), strategy: 'concurrent' });
    expect((await answer.rest()).at(-1)).toMatchObject({ summary: { ok: 8, failed: 0 } });
  });

  test('end early with their caller: nothing is called any more, and no connection is left', async () => {
    const requests = [...items(1, '/echo'), ...items(2, '/held?left'), ...items(50, '/echo?after')];
    const answer = await lined({ requests, strategy: 'bounded', concurrency: 2, timeoutMs: 25_000 });
    await answer.next();
    await eventually(() => expect(upstream.count('/held?left')).toBe(2));
    answer.leave();
    await eventually(() => expect(upstream.openSockets()).toBe(0));
    expect(upstream.count('/echo?after')).toBe(0);
  });

  test('give their turn back where the caller leaves before the first of them', async () => {
    const somebody = await api.join();
    const { port } = api.app.getHttpServer().address() as AddressInfo;
    for (const turn of [1, 2, 3, 4]) {
      const target = `/held?no-line-${turn}`;
      const headers = { 'content-type': 'application/json', accept: 'application/x-ndjson', ...somebody.as };
      const asked = request({ port, host: '127.0.0.1', path: '/v1/outbound/batch', method: 'POST', headers });
      asked.on('error', () => undefined);
      asked.end(JSON.stringify({ requests: items(1, target), strategy: 'concurrent' }));
      await eventually(() => expect(upstream.count(target)).toBe(1));
      asked.destroy();
    }
    await eventually(async () => {
      const four = [1, 2, 3, 4].map(() =>
        batched({ requests: items(1, '/slow?ms=200'), strategy: 'sequential' }, somebody.as),
      );
      for (const answer of four) expect(await answer).toMatchObject({ status: 200 });
    });
  });

  test('leave no idle connection to their upstreams when their caller goes', async () => {
    const requests = [...items(4, '/slow?ms=50'), ...items(1, '/held?idle')];
    const answer = await lined({ requests, strategy: 'concurrent', timeoutMs: 25_000 });
    for (let item = 0; item < 4; item += 1) await answer.next();
    expect(upstream.openSockets()).toBe(5);
    const leftMs = performance.now();
    answer.leave();
    await eventually(() => expect(upstream.openSockets()).toBe(0));
    // It would be kept for four seconds.
    expect(performance.now() - leftMs).toBeLessThan(3_500);
  });

  test('are not made faster than they are read', async () => {
    const count = 30;
    const target = '/bytes?n=1000000&slowly';
    const requests = items(count, target);
    const answer = await lined({ requests, strategy: 'bounded', concurrency: 2, timeoutMs: 25_000 });
    await eventually(async () => {
      const before = upstream.count(target);
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(upstream.count(target)).toBe(before);
    });
    // What the buffers of both ends and of the system between them take.
    expect(upstream.count(target)).toBeLessThan(count / 2);
    expect((await answer.rest()).at(-1)).toMatchObject({ summary: { ok: count } });
  });
});
