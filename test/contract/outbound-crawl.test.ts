/** `POST /v1/outbound/crawl`: what a caller may ask for, and what is told of a list. */
import { describe, expect, test } from 'vitest';
import { asLines, expectCrawl, failures, ids, linesOf, serveCrawls, upTo } from '../support/crawls.js';
import { idsOf, numberOf, type PageAnswer } from '../support/paged-upstream.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { transports } from '../support/transports.js';

const SIZE = 10;
const TOTAL = 95;

describe.each(transports)('POST /v1/outbound/crawl over $name', async (transport) => {
  const { api, upstream, crawled } = await serveCrawls(transport);

  const styles: Record<string, { paging: object; says: Parameters<typeof upstream.says>[0] }> = {
    'page with a total': {
      paging: { style: 'page', totalPath: '/meta/total' },
      says: (page) => ({
        body: { meta: { total: TOTAL }, items: idsOf(numberOf(page, 'page'), SIZE, TOTAL) },
      }),
    },
    'page with a number of pages, from 0': {
      paging: { style: 'page', param: 'p', start: 0, sizeParam: 'n', size: SIZE, pagesPath: '/pages' },
      says: (page) => ({
        body: { pages: 10, items: idsOf(numberOf(page, 'p') + 1, numberOf(page, 'n'), TOTAL) },
      }),
    },
    'page without a total': {
      paging: { style: 'page', param: 'page' },
      says: (page) => ({ body: { items: idsOf(numberOf(page, 'page'), SIZE, TOTAL) } }),
    },
    'offset with a total': {
      paging: { style: 'offset', limit: SIZE, totalPath: '/total' },
      says: (page) => ({
        body: {
          total: TOTAL,
          items: idsOf(numberOf(page, 'offset') / SIZE + 1, numberOf(page, 'limit'), TOTAL),
        },
      }),
    },
    'offset without a total': {
      paging: { style: 'offset', param: 'skip', limitParam: 'top', limit: SIZE },
      says: (page) => ({ body: { items: idsOf(numberOf(page, 'skip') / SIZE + 1, SIZE, TOTAL) } }),
    },
    cursor: {
      paging: { style: 'cursor', param: 'after', nextPath: '/next' },
      says: (page) => {
        const number = numberOf(page, 'after') || 1;
        return {
          body: { items: idsOf(number, SIZE, TOTAL), next: number < 10 ? String(number + 1) : null },
        };
      },
    },
    link: {
      paging: { style: 'link' },
      says: (page): PageAnswer => {
        const number = numberOf(page, 'page') || 1;
        return {
          headers: number < 10 ? { link: `<?page=${number + 1}>; rel="next"` } : {},
          body: { items: idsOf(number, SIZE, TOTAL) },
        };
      },
    },
  };

  describe.each(Object.entries(styles))('by %s', (_style, { paging, says }) => {
    const expected = { pages: 10, items: TOTAL, duplicates: 0, complete: true, failedPages: [] };

    test('gives all items, in their order', async () => {
      const answer = await crawled({ url: upstream.says(says), paging });
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(ids(answer.json.items)).toEqual(upTo(TOTAL));
      expect(answer.json.summary).toEqual({
        ...expected,
        wallMs: expect.any(Number),
        sumMs: expect.any(Number),
        speedup: expect.any(Number),
      });
    });

    test('gives each item on a line, and the summary on the last', async () => {
      const answer = await crawled({ url: upstream.says(says), paging }, asLines);
      expect(answer.headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
      expect(answer.text.endsWith('}\n')).toBe(true);
      const lines = linesOf(answer);
      expect(lines.pop()).toEqual({ summary: expect.objectContaining(expected) });
      const numbers = ids(lines.map(({ item }) => item));
      expect(numbers.sort((one, other) => one - other)).toEqual(upTo(TOTAL));
    });

    test('one by one as well', async () => {
      const answer = await crawled({ url: upstream.says(says), paging, concurrency: 1 });
      expectCrawl(answer, expected);
      expect(ids(answer.json.items)).toEqual(upTo(TOTAL));
    });
  });

  test.each<[object, string]>([
    [{ url: undefined }, '/url'],
    [{ url: 1 }, '/url'],
    [{ itemsPath: undefined }, '/itemsPath'],
    [{ itemsPath: 'items' }, '/itemsPath'],
    [{ itemsPath: '/a~2' }, '/itemsPath'],
    [{ itemsPath: '/'.repeat(1_025) }, '/itemsPath'],
    [{ itemsPath: null }, '/itemsPath'],
    [{ uniqueBy: 'id' }, '/uniqueBy'],
    [{ uniqueBy: ['id'] }, '/uniqueBy'],
    ...[0, -1, 51, 1.5, '1', null].map((concurrency): [object, string] => [{ concurrency }, '/concurrency']),
    ...[0, -1, 1_001, 1.5].map((maxPages): [object, string] => [{ maxPages }, '/maxPages']),
    ...[0, -1, 100_001, 1.5].map((maxItems): [object, string] => [{ maxItems }, '/maxItems']),
    ...[0, -1, 25_001, 1.5].map((timeoutMs): [object, string] => [{ timeoutMs }, '/timeoutMs']),
    [{ headers: { host: 'a' } }, '/headers/host'],
    [{ method: 'POST' }, '/method'],
    [{ retries: 1 }, '/retries'],
    [{ paging: undefined }, '/paging'],
    [{ paging: 'page' }, '/paging'],
    [{ paging: {} }, '/paging/style'],
    [{ paging: { style: 'pages' } }, '/paging/style'],
    [{ paging: { style: 'link', param: 'page' } }, '/paging/param'],
    [{ paging: { style: 'page', param: '' } }, '/paging/param'],
    [{ paging: { style: 'page', param: 'p'.repeat(257) } }, '/paging/param'],
    [{ paging: { style: 'page', start: -1 } }, '/paging/start'],
    [{ paging: { style: 'page', start: 0.5 } }, '/paging/start'],
    [{ paging: { style: 'page', size: 0 } }, '/paging/size'],
    [{ paging: { style: 'page', sizeParam: 'size' } }, '/paging/size'],
    [{ paging: { style: 'page', sizeParam: 'page', size: 1 } }, '/paging/sizeParam'],
    [{ paging: { style: 'page', totalPath: 'total' } }, '/paging/totalPath'],
    [{ paging: { style: 'page', pagesPath: 'pages' } }, '/paging/pagesPath'],
    [{ paging: { style: 'page', limit: 1 } }, '/paging/limit'],
    [{ paging: { style: 'page', nextPath: '/a' } }, '/paging/nextPath'],
    [{ paging: { style: 'offset' } }, '/paging/limit'],
    [{ paging: { style: 'offset', limit: 0 } }, '/paging/limit'],
    [{ paging: { style: 'offset', limit: '10' } }, '/paging/limit'],
    [{ paging: { style: 'offset', limit: 1, limitParam: 'offset' } }, '/paging/limitParam'],
    [{ paging: { style: 'offset', limit: 1, start: 0 } }, '/paging/start'],
    [{ paging: { style: 'cursor' } }, '/paging/nextPath'],
    [{ paging: { style: 'cursor', nextPath: 'next' } }, '/paging/nextPath'],
  ])('says what breaks a rule in %j', async (fields, pointer) => {
    const url = upstream.says(() => ({ body: { items: [] } }));
    expectInvalid(await crawled({ url, paging: { style: 'page' }, ...fields }), pointer);
    expect(upstream.targets(url)).toEqual([]);
  });

  test('answers with the refusal where the first page is refused, as lines too', async () => {
    for (const headers of [{}, asLines]) {
      const refused = (url: string) => crawled({ url, paging: { style: 'page' } }, headers);
      const invalid = await refused('ftp://example.org/');
      expectProblem(invalid, 400, 'URL_INVALID');
      expect(invalid.json.errors).toEqual([{ pointer: '/url', detail: expect.any(String) }]);
      expectProblem(await refused('http://10.0.0.1/'), 403, 'TARGET_NOT_ALLOWED');
      expectProblem(await refused('no URL'), 400, 'URL_INVALID');
    }
  });

  test('needs a token, and a client that takes what it has', async () => {
    expectProblem(await api.post('/v1/outbound/crawl', {}), 401, 'UNAUTHENTICATED');
    expectProblem(await crawled({}, { accept: 'text/csv' }), 406, 'NOT_ACCEPTABLE');
  });

  test('tells of each page that fails what is wrong with it; the rest stands', async () => {
    const answers: Record<number, PageAnswer> = {
      2: { headers: { 'content-type': 'text/html' }, body: '<p>' },
      3: { body: '{"items":[1' },
      4: { body: { data: [] } },
      5: { body: { items: { id: 1 } } },
      6: { status: 403, body: {} },
      7: { body: '' },
      8: { status: 404, body: { items: [] } },
    };
    const url = upstream.says((page) => {
      const number = numberOf(page, 'page');
      return answers[number] ?? { body: { total: TOTAL, items: idsOf(number, SIZE, TOTAL) } };
    });
    const answer = await crawled({ url, paging: { style: 'page', totalPath: '/total' } });
    expectCrawl(answer, { pages: 3, items: 25, complete: false });
    expect(ids(answer.json.items)).toEqual([...upTo(10), ...upTo(TOTAL).slice(80)]);
    expect(failures(answer.json)).toEqual({
      2: 'UPSTREAM_INVALID',
      3: 'UPSTREAM_INVALID',
      4: 'UPSTREAM_INVALID',
      5: 'UPSTREAM_INVALID',
      6: 'UPSTREAM_STATUS 403',
      7: 'UPSTREAM_INVALID',
      8: 'UPSTREAM_STATUS 404',
    });
    expect(answer.json.summary.failedPages[0].problem).toEqual({
      type: '/problems/upstream-invalid',
      title: expect.any(String),
      status: 502,
      detail: expect.any(String),
      instance: '/v1/outbound/crawl',
      code: 'UPSTREAM_INVALID',
      requestId: answer.headers['x-request-id'],
    });
  });

  test('hands items out as they were written, digits, names and all', async () => {
    const items = ['12345678901234567890.50', '{"a":1,"a":2}', '"\\u0061 \u2028"', '[ 1,\n 2 ]', 'null'];
    const url = upstream.says(() => ({ body: `\n{"items" : [ ${items.join(' ,\r\n')} ] }` }));
    const asked = { url, paging: { style: 'link' } };
    const whole = await crawled(asked);
    expect(whole.text).toContain(`{"items":[${items.join(',')}],"summary":{"pages":1,"items":5,`);
    const lines = (await crawled(asked, asLines)).text.split('\n');
    expect(lines.slice(0, 5)).toEqual(
      items.map((item) => `{"item":${item.replace('\n', '').replace('\u2028', '\\u2028')}}`),
    );
    expect(lines).toHaveLength(7);
  });

  test('takes the body itself for the list, where the path is empty', async () => {
    const url = upstream.says((page) => ({ body: idsOf(numberOf(page, 'page'), SIZE, 12) }));
    const answer = await crawled({ url, paging: { style: 'page' }, itemsPath: '' });
    expectCrawl(answer, { items: 12, complete: true });
  });

  test('gives no items of a list without any', async () => {
    const url = upstream.says(() => ({ body: { items: [] } }));
    for (const paging of [{ style: 'page' }, { style: 'offset', limit: 5 }, { style: 'link' }]) {
      const answer = await crawled({ url, paging });
      expect(answer.text).toContain('{"items":[],"summary"');
      expectCrawl(answer, { pages: 1, items: 0, complete: true, failedPages: [] });
    }
  });
});
