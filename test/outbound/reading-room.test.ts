/** How much of many large bodies is read while nobody takes what has come, and that all of it comes in the end. */
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { asLines, expectCrawl, ids, linesOf, serveCrawls, upTo } from '../support/crawls.js';
import { eventually } from '../support/eventually.js';
import { askForLines } from '../support/line-client.js';
import { numberOf, type PageAnswer } from '../support/paged-upstream.js';
import { readBytesFrom } from '../support/read-bytes.js';
import { type Json, socket } from '../support/transports.js';

const COUNT = 32;
const HOST_CONCURRENCY = COUNT;
const { upstream, other, api, crawled } = await serveCrawls(socket, {
  OUTBOUND_HOST_CONCURRENCY: String(HOST_CONCURRENCY),
});

const reads = readBytesFrom(upstream.port);

const BODY_BYTES = 2_000_000;
const ROOM_BYTES = 16 * 1024 ** 2;
/** Of each connection: what is free, and what may have come that nobody has asked for. */
const AHEAD_BYTES = 384 * 1024;
const MOST_BYTES = ROOM_BYTES + COUNT * AHEAD_BYTES;
/** What the system takes of an answer that nobody reads. */
const ANSWER_BYTES = 12 * 1024 ** 2;
const PADDING = 'x'.repeat(BODY_BYTES);

const counted = { style: 'page', totalPath: '/total' };
const page = (number: number, padding = PADDING): PageAnswer => ({
  body: { total: COUNT, items: [{ id: number }], padding },
});

describe('large pages behind one that does not come', () => {
  const asked = { paging: counted, concurrency: 50, timeoutMs: 25_000 };

  test('are not read on, however small the first one was, and all come in the end', async () => {
    const readBytes = reads.fromNow();
    let come = () => {};
    const after = new Promise<void>((resolve) => {
      come = resolve;
    });
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'page');
      if (number === 2) return { ...page(2), after };
      return page(number, number === 1 ? '' : PADDING);
    });
    const crawl = crawled({ url, ...asked });
    await eventually(() => expect(new Set(upstream.targets(url)).size).toBe(COUNT));
    expect(await readBytes()).toBeLessThan(MOST_BYTES);
    come();
    const answer = await crawl;
    expectCrawl(answer, { pages: COUNT, complete: true, failedPages: [] });
    expect(ids(answer.json.items)).toEqual(upTo(COUNT));
  });

  test.each([
    [500, {}],
    [429, { 'retry-after': '1' }],
  ])('let it pass when it has to be asked for again (%i)', async (status, headers) => {
    const url = other.says((seen) => {
      const number = numberOf(seen, 'page');
      if (number === 2 && seen.times === 1) return { status, headers, delayMs: 1_500 };
      return page(number, number === 1 ? '' : PADDING);
    });
    const answer = await crawled({ url, ...asked });
    expectCrawl(answer, { pages: COUNT, complete: true, failedPages: [] });
    expect(ids(answer.json.items)).toEqual(upTo(COUNT));
    // Each once more at most, but for the one that failed.
    expect(other.targets(url).length).toBeLessThanOrEqual(2 * COUNT);
  });

  test('all go out as lines, whether it comes or not', async () => {
    let giveUp = () => {};
    const after = new Promise<void>((resolve) => {
      giveUp = resolve;
    });
    const url = other.says((seen) => {
      const number = numberOf(seen, 'page');
      return number === 2 ? { after, status: 403 } : page(number, number === 1 ? '' : PADDING);
    });
    const crawl = crawled({ url, ...asked }, asLines);
    await eventually(() => {
      expect(new Set(other.targets(url)).size).toBe(COUNT);
      // It alone.
      expect(other.open.now).toBe(1);
    });
    giveUp();
    const lines = linesOf(await crawl);
    const { summary } = lines.at(-1) as Json;
    expect(summary).toMatchObject({ pages: COUNT - 1, failedPages: [{ page: 2 }] });
  });
});

describe('a batch of large bodies whose lines nobody reads', () => {
  const requests = (url: string, more: object = {}) =>
    Array.from({ length: COUNT }, (_, item) => ({ url: `${url}?page=${item}`, ...more }));
  const large = () => upstream.says((seen) => page(numberOf(seen, 'page')));
  const lined = async (body: object) => {
    const { port } = api.app.getHttpServer().address() as AddressInfo;
    const answer = await askForLines(
      port,
      '/v1/outbound/batch',
      { strategy: 'concurrent', ...body },
      api.admin.as,
    );
    onTestFinished(() => answer.leave());
    return answer;
  };
  /** All places to the host are free again. */
  const allAtOnce = async () => {
    let come = () => {};
    const after = new Promise<void>((resolve) => {
      come = resolve;
    });
    const url = upstream.says(() => ({ body: {}, after }));
    const body = { requests: requests(url), strategy: 'concurrent' };
    const answer = api.post('/v1/outbound/batch', body, api.admin.as);
    await eventually(() => expect(upstream.targets(url)).toHaveLength(HOST_CONCURRENCY));
    await eventually(() => expect(upstream.open.now).toBe(HOST_CONCURRENCY));
    come();
    expect((await answer).json.summary).toMatchObject({ ok: COUNT });
  };

  test('is not read on, and all arrives when they are', async () => {
    const readBytes = reads.fromNow();
    const answer = await lined({ requests: requests(large()), timeoutMs: 25_000 });
    expect(await readBytes()).toBeLessThan(MOST_BYTES + ANSWER_BYTES);
    expect((await answer.rest()).at(-1)).toMatchObject({ summary: { ok: COUNT, complete: true } });
  });

  test('has those that wait for room as problems at the deadline; then others have their turn', async () => {
    const readBytes = reads.fromNow();
    const timeoutMs = 5_000;
    const overMs = performance.now() + timeoutMs + 200;
    const answer = await lined({ requests: requests(large()), timeoutMs });
    await readBytes();
    await pause(Math.max(0, overMs - performance.now()));
    const results = (await answer.rest()).slice(0, -1).map(({ result }) => result);
    const late = results.filter(({ ok }) => !ok);
    expect(late.length).toBeGreaterThan(COUNT / 3);
    for (const { problem } of late) expect(problem).toMatchObject({ status: 504, code: 'UPSTREAM_TIMEOUT' });
    expect(results.length - late.length).toBeGreaterThanOrEqual(4);
    await allAtOnce();
  });

  test('lets go of all of them when it is left', async () => {
    const readBytes = reads.fromNow();
    const answer = await lined({ requests: requests(large()), timeoutMs: 25_000 });
    await readBytes();
    answer.leave();
    await allAtOnce();
  });

  test('has room again after bodies that came to nothing', async () => {
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'page');
      if (number % 4 === 0) return { ...page(number), status: seen.times === 1 ? 503 : 200 };
      if (number % 4 === 1) return { body: `${JSON.stringify(page(number).body)}}` };
      if (number % 4 === 2) return { status: 302, headers: { location: `${url}?page=3` }, body: PADDING };
      return page(number);
    });
    const answer = await lined({ requests: requests(url, { retries: 1 }), timeoutMs: 25_000 });
    const { summary } = (await answer.rest()).at(-1) as Json;
    expect(summary).toMatchObject({ ok: COUNT / 2 + COUNT / 4, failed: COUNT / 4, complete: true });
  });
});
