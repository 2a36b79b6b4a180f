/** The server's own simulator, crawled in each style with each of its faults, as anybody may try in development. */
import { describe, expect, test } from 'vitest';
import { asLines, expectCrawl, failures, ids, linesOf, serveCrawls, upTo } from '../support/crawls.js';
import type { Json } from '../support/transports.js';

const { api, crawled } = await serveCrawls();
const simulated = (query: string) => {
  const { port } = api.app.getHttpServer().address() as { port: number };
  return `http://127.0.0.1:${port}/sim/pages?${query}`;
};

let seeds = 0;
/** Each with faults of its own. */
const seeded = (query: string) => `${query}&seed=crawl-${++seeds}`;

const totals = { totalPath: '/total', pagesPath: '/pages' };
const styles: Record<string, object> = {
  page: { style: 'page', sizeParam: 'size', size: 10, ...totals },
  'page, of unknown number': { style: 'page', sizeParam: 'size', size: 10 },
  offset: { style: 'offset', limit: 10, totalPath: '/total' },
  'offset, of unknown number': { style: 'offset', limit: 10 },
  cursor: { style: 'cursor', nextPath: '/nextCursor' },
  link: { style: 'link' },
};
const numbered = Object.entries(styles).slice(0, 4);
const chained = Object.entries(styles).slice(4);

describe.each(Object.entries(styles))('by %s', (style, paging) => {
  test('all items are there once, whatever fails for a moment', async () => {
    const query = seeded('total=95&jitter=10&retryAfter=0&fault=2:429,4:429,5:500,7:429,8:reset');
    const asked = { url: simulated(query), paging, timeoutMs: 25_000 };
    const answer = await crawled(asked);
    expectCrawl(answer, { pages: 10, items: 95, duplicates: 0, complete: true, failedPages: [] });
    expect(ids(answer.json.items)).toEqual(upTo(95));
    const lines = linesOf(await crawled(asked, asLines));
    expect(lines.at(-1)).toMatchObject({ summary: { items: 95, complete: true } });
  });

  test('a list that grows or shrinks by the page is followed to where it ends', async () => {
    const grown = await crawled({ url: simulated('total=100&drift=5'), paging });
    // Its 19th page says that it is the last one; who takes no notice finds another.
    const [pages, items] = style.includes('unknown') ? [20, 195] : [19, 190];
    expectCrawl(grown, { pages, items, complete: true, failedPages: [] });
    expect(ids(grown.json.items)).toEqual(upTo(items));
    const shrunk = await crawled({ url: simulated('total=200&drift=-10'), paging });
    expectCrawl(shrunk, { pages: expect.any(Number), items: 100, complete: true, failedPages: [] });
  });
});

describe.each(numbered)('by %s', (_style, paging) => {
  test('each page that fails for good is told of, and the others stand', async () => {
    const fault = '3:404:always,4:text:always,5:cut:always,6:missing:always,7:object:always,8:403:always';
    const query = seeded(`total=120&fault=${fault}`);
    const answer = await crawled({ url: simulated(query), paging, timeoutMs: 25_000 });
    expectCrawl(answer, { pages: 6, items: 60, complete: false });
    expect(ids(answer.json.items)).toEqual(upTo(120).filter((id) => id <= 20 || id > 80));
    expect(failures(answer.json)).toEqual({
      3: 'UPSTREAM_STATUS 404',
      4: 'UPSTREAM_INVALID',
      5: 'UPSTREAM_INVALID',
      6: 'UPSTREAM_INVALID',
      7: 'UPSTREAM_INVALID',
      8: 'UPSTREAM_STATUS 403',
    });
  });

  test.each(['empty', '404', 'last'])(
    'what is beyond the end does no harm where it is %s',
    async (beyond) => {
      const answer = await crawled({ url: simulated(`total=95&beyond=${beyond}`), paging });
      expectCrawl(answer, { pages: 10, items: 95, duplicates: 0, complete: true, failedPages: [] });
    },
  );

  test('a page that repeats the one before it is told of', async () => {
    const { summary }: Json = (await crawled({ url: simulated('total=60&repeat=3'), paging })).json;
    expect(summary).toMatchObject({ pages: 5, items: 50, duplicates: 10, complete: false });
    expect(failures({ summary })).toEqual({ 3: 'PAGING_LOOP' });
  });
});

describe.each(chained)('by %s', (_style, paging) => {
  test('a chain that leads back is a loop', async () => {
    const answer = await crawled({ url: simulated('total=95&loop=5'), paging });
    expect(answer).toMatchObject({ status: 502, json: { code: 'PAGING_LOOP' } });
  });

  test('a list that may be read only so fast is read so fast', async () => {
    const url = simulated(seeded('total=30&perSecond=5'));
    expectCrawl(await crawled({ url, paging, timeoutMs: 25_000 }), { items: 30, complete: true });
  });
});

test('a body that is nothing but the list', async () => {
  const asked = { url: simulated('total=95&shape=array'), itemsPath: '', paging: styles.link };
  expectCrawl(await crawled(asked), { pages: 10, items: 95, complete: true });
});

test('no more of the own server than its simulator', async () => {
  const url = simulated('').replace('/sim/pages?', '/health/live');
  expect(await crawled({ url, paging: styles.link })).toMatchObject({
    status: 403,
    json: { code: 'TARGET_NOT_ALLOWED' },
  });
});
