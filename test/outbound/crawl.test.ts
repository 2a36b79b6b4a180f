/** How fast a crawl goes, how long, how much it takes, and what is left of it when its caller goes. */
import { request } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CONFIG } from '#dist/config.js';
import { ByteBudget } from '#dist/gateway/byte-budget.js';
import type { CrawlAsked } from '#dist/gateway/crawl/crawl.schema.js';
import { runCrawl } from '#dist/gateway/crawl/run-crawl.js';
import { Outbound } from '#dist/outbound/outbound.js';
import { cpuMs } from '../support/cpu-ms.js';
import { asLines, expectCrawl, failures, ids, linesOf, serveCrawls, upTo } from '../support/crawls.js';
import { eventually } from '../support/eventually.js';
import { askForLines } from '../support/line-client.js';
import { idsOf, numberOf, type PageAnswer } from '../support/paged-upstream.js';

const SIZE = 10;
const MAX_TOTAL_BYTES = 300_000;
const { upstream, api, crawled } = await serveCrawls(undefined, {
  OUTBOUND_MAX_TOTAL_BYTES: String(MAX_TOTAL_BYTES),
});
const counted = { style: 'page', totalPath: '/total' };
/** Longer than a machine stalls: what is answered at once is answered by then. */
const DEADLINE_MS = 3_000;
const port = () => (api.app.getHttpServer().address() as { port: number }).port;
const lined = async (asked: object) => {
  const body = { itemsPath: '/items', ...asked };
  const answer = await askForLines(port(), '/v1/outbound/crawl', body, api.admin.as);
  onTestFinished(() => answer.leave());
  return answer;
};

describe('pages that fail for a moment', () => {
  test('are fetched again: the same items as if nothing had been', async () => {
    const faults: Record<number, PageAnswer> = {
      2: { status: 429, headers: { 'retry-after': '1' } },
      5: { status: 500 },
      6: { status: 429 },
      7: { status: 429 },
    };
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'page');
      const fault = seen.times === 1 ? faults[number] : undefined;
      return fault ?? { body: { total: 100, items: idsOf(number, SIZE, 100) } };
    });
    const answer = await crawled({ url, paging: counted, concurrency: 4, timeoutMs: 25_000 });
    expectCrawl(answer, { pages: 10, items: 100, complete: true, failedPages: [] });
    expect(ids(answer.json.items)).toEqual(upTo(100));
    expect(upstream.targets(url)).toHaveLength(14);
  });

  test('make all the others wait when they are told to', async () => {
    let slowedMs = 0;
    const resumedMs: number[] = [];
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'page');
      if (number === 2 && seen.times === 1) {
        slowedMs = performance.now();
        return { status: 429, headers: { 'retry-after': '1' } };
      }
      if (slowedMs > 0 && number > 4) resumedMs.push(performance.now());
      return { delayMs: 20, body: { total: 200, items: idsOf(number, SIZE, 200) } };
    });
    const answer = await crawled({ url, paging: counted, concurrency: 3, timeoutMs: 25_000 });
    expectCrawl(answer, { pages: 20, items: 200, complete: true });
    // Those on their way already may arrive; whoever comes later has waited.
    expect(resumedMs.filter((atMs) => atMs < slowedMs + 900).length).toBeLessThanOrEqual(6);
  });

  test('make those wait as well whose turn comes by the end of a page that was told to', async () => {
    const toldMs: number[] = [];
    const begunMs: number[] = [];
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'page');
      if (number > 1) begunMs.push(performance.now());
      // Two at once, then one alone, with the other behind it.
      if (number > 1 && begunMs.length <= 3) {
        toldMs.push(performance.now());
        return { status: 429, headers: { 'retry-after': '1' } };
      }
      return { body: { total: 30, items: idsOf(number, SIZE, 30) } };
    });
    const answer = await crawled({ url, paging: counted, concurrency: 2, timeoutMs: 25_000 });
    expectCrawl(answer, { pages: 3, items: 30, complete: true });
    expect(begunMs).toHaveLength(5);
    expect((begunMs[3] as number) - (toldMs[2] as number)).toBeGreaterThan(900);
  });

  test('for longer than there is time are not waited for', async () => {
    const url = upstream.says((seen) =>
      numberOf(seen, 'page') > 1
        ? { status: 429, headers: { 'retry-after': '600' } }
        : { body: { total: 60, items: idsOf(1, SIZE, 60) } },
    );
    const answer = await crawled({ url, paging: counted, concurrency: 2, timeoutMs: 25_000 });
    expectCrawl(answer, { pages: 1, items: SIZE, complete: false });
    const [told, late] = ['UPSTREAM_STATUS 429', 'UPSTREAM_TIMEOUT'];
    expect(failures(answer.json)).toEqual({ 2: told, 3: told, 4: late, 5: late, 6: late });
    expect(answer.json.summary.failedPages[2].problem.detail).toContain('at 127.0.0.1 asks');
    expect(answer.json.summary.wallMs).toBeLessThan(15_000);
  });

  test('and say to wait for years hold up nobody but their crawl', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    onTestFinished(() => void process.off('warning', note));
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'page');
      if (number === 2) return { status: 429, headers: { 'retry-after': '999999999' } };
      return { delayMs: 50, body: { total: 100, items: idsOf(number, SIZE, 100) } };
    });
    const answer = await crawled({ url, paging: counted, concurrency: 3, timeoutMs: 3_000 });
    expectCrawl(answer, { complete: false });
    expect(warnings).toEqual([]);
  });

  test('and do not recover are listed', async () => {
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'page');
      return number === 3 ? { status: 503 } : { body: { total: 40, items: idsOf(number, SIZE, 40) } };
    });
    const answer = await crawled({ url, paging: counted, timeoutMs: 25_000 });
    expectCrawl(answer, { pages: 3, items: 30, complete: false });
    expect(failures(answer.json)).toEqual({ 3: 'UPSTREAM_STATUS 503' });
    expect(upstream.targets(url)).toHaveLength(4 + 5);
  });
});

describe('at the deadline', () => {
  test('what is there is answered; each known page that is not is a problem', async () => {
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'page');
      return number === 3 || number === 4
        ? { hangs: true }
        : { body: { total: 60, items: idsOf(number, SIZE, 60) } };
    });
    const answer = await crawled({ url, paging: counted, concurrency: 2, timeoutMs: DEADLINE_MS });
    expectCrawl(answer, { pages: 2, items: 20, complete: false });
    const late = 'UPSTREAM_TIMEOUT';
    expect(failures(answer.json)).toEqual({ 3: late, 4: late, 5: late, 6: late });
    expect(answer.json.summary.wallMs).toBeLessThan(3 * DEADLINE_MS);
    expect(upstream.targets(url)).toHaveLength(4);
  });

  test('the next page of a chain is one of them', async () => {
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'cursor') || 1;
      return number === 3 ? { hangs: true } : { body: { items: [number], next: number + 1 } };
    });
    const paging = { style: 'cursor', nextPath: '/next' };
    const answer = await crawled({ url, paging, timeoutMs: DEADLINE_MS });
    expectCrawl(answer, { pages: 2, items: 2, complete: false });
    expect(failures(answer.json)).toEqual({ 3: 'UPSTREAM_TIMEOUT' });
  });

  test('as lines too, and the summary is the last', async () => {
    const url = upstream.says((seen) =>
      numberOf(seen, 'page') > 1 ? { hangs: true } : { body: { total: 30, items: idsOf(1, SIZE, 30) } },
    );
    const lines = linesOf(await crawled({ url, paging: counted, timeoutMs: DEADLINE_MS }, asLines));
    expect(lines).toHaveLength(SIZE + 1);
    expect(lines.at(-1)).toMatchObject({ summary: { pages: 1, items: SIZE, complete: false } });
  });
});

describe('a whole answer has room for so much', () => {
  const url = () =>
    upstream.says((seen) => {
      const number = numberOf(seen, 'page');
      const items = [{ id: number, text: 'é'.repeat(25_000) }];
      // The others are on their way before the early ones come.
      return { delayMs: number < 4 ? 50 : 0, body: { total: 20, items } };
    });

  test('the page that does not fit any more is listed, the rest stands', async () => {
    const answer = await crawled({ url: url(), paging: counted, concurrency: 20 });
    expectCrawl(answer, { pages: 5, items: 5, complete: false });
    expect(ids(answer.json.items)).toEqual([1, 2, 3, 4, 5]);
    expect(failures(answer.json)).toEqual({ 6: 'UPSTREAM_TOO_LARGE' });
    expect(Buffer.byteLength(answer.text)).toBeLessThanOrEqual(MAX_TOTAL_BYTES);
  });

  test('lines have more', async () => {
    const lines = linesOf(await crawled({ url: url(), paging: counted }, asLines));
    expect(lines.at(-1)).toMatchObject({ summary: { pages: 20, items: 20, complete: true } });
  });

  test('of many pages that fail, as many are listed as fit', async () => {
    const failing = upstream.says((seen) =>
      numberOf(seen, 'page') > 1 ? { status: 403 } : { body: { total: 1_000, items: [1] } },
    );
    const answer = await crawled({ url: failing, paging: counted, maxPages: 1_000, timeoutMs: 25_000 });
    expectCrawl(answer, { pages: 1, complete: false });
    expect(Buffer.byteLength(answer.text)).toBeLessThanOrEqual(MAX_TOTAL_BYTES);
    expect(answer.json.summary.failedPages.length).toBeGreaterThan(500);
  });
});

describe('lines', () => {
  const MB = 1_000_000;
  const large = (pages: number, bytes: number) =>
    upstream.says((seen) => ({
      body: { total: pages, items: [{ id: numberOf(seen, 'page'), text: 'x'.repeat(bytes) }] },
    }));

  test('come as each page comes, in whatever order', async () => {
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'page');
      return number === 2 ? { hangs: true } : { body: { total: 30, items: idsOf(number, SIZE, 30) } };
    });
    const answer = await lined({ url, paging: counted, timeoutMs: 25_000 });
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/x-ndjson; charset=utf-8', 'transfer-encoding': 'chunked' },
    });
    const got: number[] = [];
    while (got.length < 2 * SIZE) got.push((await answer.next()).item.id);
    expect(got).toEqual([...upTo(10), ...upTo(30).slice(20)]);
    answer.leave();
    await eventually(() => expect(upstream.open.now).toBe(0));
  });

  test('end early with their caller: nothing more is fetched, and nothing is left open', async () => {
    const url = upstream.says((seen) =>
      numberOf(seen, 'page') > 1 ? { hangs: true } : { body: { total: 300, items: idsOf(1, SIZE, 300) } },
    );
    const answer = await lined({ url, paging: counted, concurrency: 5, timeoutMs: 25_000 });
    await answer.next();
    await eventually(() => expect(upstream.open.now).toBe(5));
    answer.leave();
    await eventually(() => expect(upstream.open.now).toBe(0));
    expect(upstream.targets(url)).toHaveLength(6);
    // And the user has his four requests again.
    for (let count = 0; count < 4; count += 1)
      expectCrawl(await crawled({ url: large(1, 1), paging: counted }), { items: 1 });
  });

  test('are not fetched faster than they are read', async () => {
    const pages = 90;
    const url = large(pages, MB);
    const answer = await lined({ url, paging: counted, concurrency: 5, maxPages: pages, timeoutMs: 25_000 });
    let fetched = 0;
    await eventually(async () => {
      const before = upstream.targets(url).length;
      await new Promise((resolve) => setTimeout(resolve, 500));
      fetched = upstream.targets(url).length;
      expect(fetched).toBe(before);
    });
    // What may be held (page-memory.ts), those at work, and what the buffers of both ends and of the system between them take.
    expect(fetched).toBeLessThan(60);
    const rest = await answer.rest();
    expect(rest.at(-1)).toMatchObject({ summary: { pages, items: pages, complete: true } });
  });

  test('of a loop end with the problem, and the connection is cut', async () => {
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'cursor') || 1;
      return { body: { items: idsOf(number, SIZE, 100), next: number === 3 ? 2 : number + 1 } };
    });
    const body = { url, itemsPath: '/items', paging: { style: 'cursor', nextPath: '/next' } };
    const { text, isWhole } = await new Promise<{ text: string; isWhole: boolean }>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', ...asLines, ...(api.admin.as as object) };
      const asked = request({ port: port(), path: '/v1/outbound/crawl', method: 'POST', headers });
      asked.on('error', reject).on('response', (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        incoming.on('error', () => undefined);
        incoming.on('close', () => resolve({ text, isWhole: incoming.complete }));
      });
      asked.end(JSON.stringify(body));
    });
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(isWhole).toBe(false);
    expect(ids(lines.slice(0, -1).map(({ item }) => item))).toEqual(upTo(30));
    expect(lines.at(-1)).toMatchObject({ problem: { status: 502, code: 'PAGING_LOOP' } });
  });
});

test('pages that wait for an earlier one are so many and no more', async () => {
  const pages = 40;
  const padding = 'x'.repeat(1_000_000);
  let look = () => {};
  const isLooked = new Promise<void>((resolve) => {
    look = resolve;
  });
  const url = upstream.says((seen) => {
    const number = numberOf(seen, 'page');
    const body = { padding, total: pages, items: [{ id: number }] };
    return number === 2 ? { after: isLooked, body } : { body };
  });
  const crawl = crawled({ url, paging: counted, timeoutMs: 25_000 });
  await eventually(() => expect(upstream.targets(url).length).toBeGreaterThan(8));
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  // 10 MiB (page-memory.ts).
  expect(upstream.targets(url).length).toBeLessThan(15);
  look();
  expectCrawl(await crawl, { pages, items: pages, complete: true });
  expect(ids((await crawl).json.items)).toEqual(upTo(pages));
});

test('a page of a million brackets is walked, not built', async () => {
  const depth = 1_000_000;
  const url = upstream.says(() => ({
    body: `{"items":[${'['.repeat(depth)}${']'.repeat(depth)}],"deep":${'['.repeat(9)}${']'.repeat(9)}}`,
  }));
  const answer = await crawled({ url, paging: { style: 'link' }, uniqueBy: '/0/0/id' }, asLines);
  expect(answer.status).toBe(200);
  expect(answer.text.split('\n')[0]).toHaveLength(2 * depth + '{"item":}'.length);
});

test('a page of a million duplicates keeps nobody waiting for long', async () => {
  const url = upstream.says(() => ({ body: `{"items":[${'0,'.repeat(1_000_000)}0]}` }));
  const crawl = crawled({ url, paging: { style: 'link' }, uniqueBy: '' });
  // Not by the clock: whoever waits for a machine that stalls is not kept waiting by the page.
  const tookMs: number[] = [];
  let isOver = false;
  void crawl.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    const before = cpuMs();
    await new Promise((resolve) => setTimeout(resolve, 5));
    tookMs.push(cpuMs() - before);
  }
  expectCrawl(await crawl, { items: 1, duplicates: 1_000_000, complete: true });
  expect(Math.max(...tookMs)).toBeLessThan(1_500);
});

test('pages of a million duplicates, which take seconds to look through, hold up no answer at its deadline', async () => {
  const url = upstream.says((seen) => ({
    body: `{"total":${4 * 1_500_000},"items":[${'0,'.repeat(1_500_000)}${numberOf(seen, 'page')}]}`,
  }));
  const startedMs = performance.now();
  const answer = await crawled({ url, paging: counted, uniqueBy: '', timeoutMs: 1_500 });
  // Ten seconds, where all of them are looked through.
  expect(performance.now() - startedMs).toBeLessThan(7_000);
  expectCrawl(answer, { complete: false });
});

test('a line is one to whoever reads it: no line break of the upstream stands in it', async () => {
  const fake = '{"summary":{"complete":true}}';
  const item = `"a\u2028${fake.replaceAll('"', '\\"')}\u2029b\u0085c"`;
  const url = upstream.says(() => ({ body: `{"items":[${item},\n{"b":\r\n${item}\r}\n]}` }));
  const { text } = await crawled({ url, paging: { style: 'link' } }, asLines);
  expect(text).not.toMatch(/[\u0085\u2028\u2029\r]/);
  const [one, other, summary, ...rest] = text.trimEnd().split('\n');
  const value = `a\u2028${fake}\u2029b\u0085c`;
  expect([one, other].map((line) => JSON.parse(line as string))).toEqual([
    { item: value },
    { item: { b: value } },
  ]);
  expect(JSON.parse(summary as string)).toMatchObject({ summary: { items: 2 } });
  expect(rest).toEqual([]);
});

test('a crawl is one of the four requests that a user may have under way', async () => {
  const somebody = await api.join();
  let refuse = () => {};
  const after = new Promise<void>((resolve) => {
    refuse = resolve;
  });
  const url = upstream.says(() => ({ after, status: 403 }));
  const asked = { url, paging: counted, itemsPath: '/items', timeoutMs: 25_000 };
  const held = [1, 2, 3, 4].map(() => api.post('/v1/outbound/crawl', asked, somebody.as));
  await eventually(() => expect(upstream.targets(url)).toHaveLength(4));
  const busy = { status: 429, json: { code: 'OUTBOUND_BUSY' } };
  expect(await api.post('/v1/outbound/crawl', asked, somebody.as)).toMatchObject(busy);
  expect(await api.post('/v1/outbound/crawl', asked, { ...somebody.as, ...asLines })).toMatchObject(busy);
  refuse();
  for (const answer of held)
    expect((await answer).json.summary).toMatchObject({ pages: 0, items: 0, complete: false });
});

test('a crawl that breaks before its first page keeps no place', async () => {
  const caller = {
    userId: 'somebody',
    signal: new AbortController().signal,
    log: { info: () => undefined, warn: () => undefined },
    pointer: '/url',
    cdnLoop: undefined,
  };
  const budget = ByteBudget.of(api.app.get(CONFIG), true);
  const options = { caller, budget, written: String, isInOrder: true, toProblem: () => ({}) };
  // What no request can say: the schema would not let it through.
  const broken = { timeoutMs: 1_000 } as CrawlAsked;
  for (let time = 1; time <= 5; time += 1)
    await expect(runCrawl(api.app.get(Outbound), broken, options).next()).rejects.toThrow(TypeError);
});

describe('no more items than are wanted', () => {
  const total = 95;
  const chain = (seen: Parameters<Parameters<typeof upstream.says>[0]>[0]) => {
    const number = numberOf(seen, 'page') || 1;
    return { items: idsOf(number, SIZE, total), total, next: number < 10 ? number + 1 : null };
  };
  const pagings = [
    counted,
    { style: 'page' },
    { style: 'page', pagesPath: '/pages' },
    { style: 'cursor', param: 'page', nextPath: '/next' },
  ];
  describe.each(pagings)('by %j', (paging) => {
    const url = () => upstream.says((seen) => ({ body: { ...chain(seen), pages: 10 } }));

    test.each([1, 10, 44, 90, 94, 95, 96])('%i items', async (maxItems) => {
      const items = Math.min(maxItems, total);
      const answer = await crawled({ url: url(), paging, maxItems });
      expectCrawl(answer, { items, complete: maxItems >= total });
      expect(ids(answer.json.items)).toEqual(upTo(items));
      const lines = linesOf(await crawled({ url: url(), paging, maxItems }, asLines));
      expect(lines).toHaveLength(items + 1);
      expect(lines.at(-1)).toMatchObject({ summary: { items, complete: maxItems >= total } });
    });

    test.each([1, 3, 9, 10, 11])('%i pages', async (maxPages) => {
      const answer = await crawled({ url: url(), paging, maxPages });
      const pages = Math.min(maxPages, 10);
      expectCrawl(answer, { pages, complete: maxPages >= 10, failedPages: [] });
      expect(ids(answer.json.items)).toEqual(upTo(Math.min(pages * SIZE, total)));
    });
  });
});
