/** How much may come, and how many may call. */
import { request } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.js';
import { serveOutbound } from '../support/outbound-calls.js';

const MAX_BYTES = 100_000;
const HOST_CONCURRENCY = 6;
const { api, upstream, other, fetched, got } = await serveOutbound({
  OUTBOUND_MAX_BYTES: String(MAX_BYTES),
  OUTBOUND_HOST_CONCURRENCY: String(HOST_CONCURRENCY),
});

describe.each(['/bytes?', '/chunked-bytes?', '/bytes?gzip=1&'])('of %s', (path) => {
  test('as many bytes as are allowed come through, each of them', async () => {
    const answer = await fetched(`${path}n=${MAX_BYTES}`);
    expect(answer).toMatchObject({ status: 200, json: { status: 200, bytes: MAX_BYTES } });
    expect(answer.json.body).toHaveLength(MAX_BYTES - 2);
    expect((await got(`${path}n=${MAX_BYTES}`)).text).toHaveLength(MAX_BYTES);
  });

  test('one more is too large', async () => {
    for (const answer of [await fetched(`${path}n=${MAX_BYTES + 1}`), await got(`${path}n=${MAX_BYTES + 1}`)])
      expect(answer).toMatchObject({ status: 502, json: { code: 'UPSTREAM_TOO_LARGE' } });
  });
});

/** Calls that are under way until all are released: at the end of the test, however it ends, if not before. */
async function hold(calls: number, key: string, as = api.admin.as) {
  const target = `/held?${key}`;
  const held = Promise.all(Array.from({ length: calls }, () => fetched(target, { timeoutMs: 25_000 }, as)));
  const statuses = async () => {
    await fetch(`${upstream.origin}/release`);
    return (await held).map(({ status }) => status);
  };
  onTestFinished(async () => void (await statuses()));
  await eventually(() => expect(upstream.count(target)).toBe(calls));
  return { release: statuses };
}

const busy = {
  status: 429,
  headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) },
  json: { code: 'OUTBOUND_BUSY' },
};

async function countedRefusals(): Promise<number> {
  const { text } = await api.get('/metrics');
  return Number(/^farebox_outbound_refusals_total\{code="OUTBOUND_BUSY"\} (\d+)$/m.exec(text)?.[1] ?? 0);
}

test('one user may have four calls under way; another is not in their way', async () => {
  const somebody = await api.join();
  const { release } = await hold(4, 'one-user-s');
  const before = await countedRefusals();
  expect(await fetched('/echo')).toMatchObject(busy);
  expect(await got('/echo')).toMatchObject(busy);
  expect(await countedRefusals()).toBe(before + 2);
  expect(await fetched('/echo', {}, somebody.as)).toMatchObject({ status: 200 });
  expect(await release()).toEqual([200, 200, 200, 200]);
  expect(await fetched('/echo')).toMatchObject({ status: 200 });
});

test('one host has no more calls under way than it is given; another host is not in their way', async () => {
  const [second, third] = [await api.join(), await api.join()];
  const first = await hold(4, 'first-user-s');
  const { release } = await hold(2, 'second-user-s', second.as);
  expect(await fetched('/echo', {}, third.as)).toMatchObject(busy);
  expect(await fetched(`${other.origin}/echo`, {}, third.as)).toMatchObject({ status: 200 });
  expect(await release()).toEqual([200, 200]);
  expect(await first.release()).toEqual([200, 200, 200, 200]);
  expect(await fetched('/echo', {}, third.as)).toMatchObject({ status: 200 });
});

test.each(['/hang', '/drip-head', '/drip-body', '/slow-103', '/slow?ms=20000'])(
  'when the caller leaves, the call to %s ends',
  async (path) => {
    const target = `${path}${path.includes('?') ? '&' : '?'}left`;
    const { port } = api.app.getHttpServer().address() as { port: number };
    const outgoing = request({
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: '/v1/outbound/fetch',
      headers: { ...api.admin.as, 'content-type': 'application/json' },
    });
    outgoing.on('error', () => undefined);
    outgoing.end(JSON.stringify({ url: upstream.origin + target, timeoutMs: 25_000, retries: 5 }));
    await eventually(() => expect(upstream.count(target)).toBe(1));
    outgoing.destroy();
    await eventually(() => expect(upstream.openSockets()).toBe(0));
    expect(upstream.count(target)).toBe(1);
  },
);
