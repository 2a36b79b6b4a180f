/** Lists that grow, shrink, repeat themselves, lead in circles or say nothing of their end: what a crawl makes of them. */
import { describe, expect, test } from 'vitest';
import { asLines, expectCrawl, failures, ids, linesOf, serveCrawls, upTo } from '../support/crawls.js';
import { idsOf, numberOf, type PageAnswer } from '../support/paged-upstream.js';
import { expectProblem } from '../support/problems.js';

const { upstream, other, crawled } = await serveCrawls();
const SIZE = 10;

/** Pages by number; `answers` has what is another than it should be. */
const numbered = (total: number, answers: Record<number, PageAnswer> = {}, size = SIZE) =>
  upstream.says((page) => {
    const number = numberOf(page, 'page');
    return answers[number] ?? { body: { total, items: idsOf(number, size, total) } };
  });
const page = { style: 'page' };
const counted = { style: 'page', totalPath: '/total' };

describe('with a total', () => {
  test('the first page is fetched alone, then all the others at the same time', async () => {
    let openGate = (): void => undefined;
    const allAreThere = new Promise<void>((resolve) => (openGate = resolve));
    let seenBefore = 0;
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'page');
      if (seen.times === 1 && upstream.targets(url).length === 6) openGate();
      // None is answered before all five have been asked for.
      if (number > 1) return { after: allAreThere, body: { items: idsOf(number, SIZE, 60) } };
      const later = new Promise<void>((resolve) => setTimeout(resolve, 100));
      const after = later.then(() => {
        seenBefore = upstream.targets(url).length;
      });
      return { after, body: { total: 60, items: idsOf(1, SIZE, 60) } };
    });
    upstream.open.most = 0;
    const answer = await crawled({ url, paging: counted, concurrency: 5 });
    expectCrawl(answer, { pages: 6, items: 60, complete: true });
    expect(seenBefore).toBe(1);
    expect(upstream.open.most).toBe(5);
    const { speedup, sumMs, wallMs } = answer.json.summary;
    expect(speedup).toBeCloseTo(sumMs / wallMs, 1);
    expect(upstream.targets(url)).toHaveLength(6);
  });

  test.each([1, 2, 3, 50])('no more than %i pages are under way', async (concurrency) => {
    const most = Math.min(concurrency, 7);
    let openGate = (): void => undefined;
    const areThere = new Promise<void>((resolve) => (openGate = resolve));
    upstream.open.most = 0;
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'page');
      if (number > 1 && upstream.open.now === most) openGate();
      // None is answered before as many are under way, and a while for more.
      return {
        ...(number > 1 && { after: areThere }),
        delayMs: 20,
        body: { total: 80, items: idsOf(number, SIZE, 80) },
      };
    });
    expectCrawl(await crawled({ url, paging: counted, concurrency }), { items: 80 });
    expect(upstream.open.most).toBe(most);
  });

  test('a list that grows meanwhile is followed to its new end', async () => {
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'page');
      const total = number === 1 ? 30 : 55;
      return { body: { total, items: idsOf(number, SIZE, total) } };
    });
    const answer = await crawled({ url, paging: counted });
    expectCrawl(answer, { pages: 6, items: 55, complete: true, failedPages: [] });
  });

  test('a list that shrinks meanwhile is followed to its new end; empty pages are no failure', async () => {
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'page');
      const total = number === 1 ? 200 : 35;
      return { body: { total, items: idsOf(number, SIZE, total) } };
    });
    const answer = await crawled({ url, paging: counted, concurrency: 6 });
    expectCrawl(answer, { pages: 4, items: 35, complete: true, failedPages: [] });
    expect(upstream.targets(url).length).toBeLessThan(20);
    const oneByOne = await crawled({ url, paging: counted, concurrency: 1 });
    expectCrawl(oneByOne, { pages: 4, items: 35, complete: true, failedPages: [] });
  });

  test.each([1, 6])(
    'that is stale, %i at a time, an empty page ends the list and is listed',
    async (concurrency) => {
      const url = upstream.says((seen) => ({
        body: { total: 200, items: idsOf(numberOf(seen, 'page'), SIZE, 35) },
      }));
      const answer = await crawled({ url, paging: counted, concurrency });
      expectCrawl(answer, { pages: 4, items: 35, complete: false });
      expect(failures(answer.json)).toEqual({ 5: 'UPSTREAM_INVALID' });
      expect(answer.json.summary.failedPages[0].problem.detail).toContain('though the list has 200 items');
      expect(upstream.targets(url).length).toBeLessThan(5 + 2 * concurrency);
    },
  );

  test('that is stale, pages that were under way beyond an empty one stand', async () => {
    const answers = { 3: { body: { total: 60, items: [] } } };
    const answer = await crawled({ url: numbered(60, answers), paging: counted, concurrency: 10 });
    expectCrawl(answer, { pages: 5, items: 50, complete: false });
    expect(failures(answer.json)).toEqual({ 3: 'UPSTREAM_INVALID' });
  });

  test.each([
    ['total', { total: 25, items: [] }],
    ['pages', { pages: 2, items: [] }],
  ])('of %s, an empty first page is told of', async (_what, body) => {
    for (const size of [{}, { sizeParam: 'size', size: 10 }]) {
      const url = upstream.says(() => ({ body }));
      const paths = 'total' in body ? { totalPath: '/total' } : { pagesPath: '/pages' };
      const answer = await crawled({ url, paging: { style: 'page', ...size, ...paths } });
      expectCrawl(answer, { pages: 0, items: 0, complete: false });
      expect(failures(answer.json)).toEqual({ 1: 'UPSTREAM_INVALID' });
      expect(answer.json.summary.failedPages[0].problem.detail).toMatch(
        /^The page is empty, though the list has (25 items|2 pages)\.$/,
      );
      expect(upstream.targets(url)).toHaveLength(1);
    }
  });

  test('of nothing, an empty first page is all there is', async () => {
    for (const body of [
      { total: 0, pages: 0, items: [] },
      { total: 0, pages: 1, items: [] },
    ]) {
      const url = upstream.says(() => ({ body }));
      const paging = { style: 'page', totalPath: '/total', pagesPath: '/pages' };
      expectCrawl(await crawled({ url, paging }), { items: 0, complete: true, failedPages: [] });
    }
  });

  test('a first page that is shorter than the others is no measure of them', async () => {
    const items = idsOf(1, 25, 25);
    const offsets = upstream.says((seen) => {
      const offset = numberOf(seen, 'offset');
      return { body: { total: 25, items: items.slice(offset, offset + (offset === 0 ? 3 : SIZE)) } };
    });
    const totalPath = '/total';
    for (const total of [{ totalPath }, {}]) {
      const answer = await crawled({ url: offsets, paging: { style: 'offset', limit: SIZE, ...total } });
      expectCrawl(answer, { pages: 4, items: 25, complete: false });
      expect(ids(answer.json.items)).toEqual(upTo(25));
      expect(failures(answer.json)).toEqual({ 2: 'UPSTREAM_INVALID' });
      expect(answer.json.summary.failedPages[0].problem.detail).toContain('10 items where 3 were expected');
    }
    const pages = upstream.says((seen) => {
      const end = 3 + SIZE * (numberOf(seen, 'page') - 1);
      return { body: { total: 25, items: items.slice(Math.max(0, end - SIZE), end) } };
    });
    for (const concurrency of [1, 10]) {
      const answer = await crawled({ url: pages, paging: counted, concurrency });
      expectCrawl(answer, { pages: 4, items: 25, complete: false });
      expect(Object.values(failures(answer.json))).toEqual(['UPSTREAM_INVALID']);
    }
  });

  test('a server that allows fewer items a page than were asked for is taken at its word', async () => {
    const offsets = upstream.says((seen) => {
      const offset = numberOf(seen, 'offset');
      return { body: { total: 95, items: idsOf(1, 200, 95).slice(offset, offset + SIZE) } };
    });
    const paging = { style: 'offset', limit: 50, totalPath: '/total' };
    const answer = await crawled({ url: offsets, paging });
    expectCrawl(answer, { pages: 10, items: 95, complete: true });
    expect(ids(answer.json.items)).toEqual(upTo(95));
    const pages = { ...counted, sizeParam: 'size', size: 50 };
    expectCrawl(await crawled({ url: numbered(95), paging: pages }), {
      pages: 10,
      items: 95,
      complete: true,
    });
    // Nor is it missed where no total says so.
    const without = await crawled({ url: offsets, paging: { style: 'offset', limit: 50 } });
    expectCrawl(without, { pages: 10, items: 95, complete: true });
  });

  test.each([null, '95', -1, 9.5, 1e300, [], undefined])(
    'that is %j, the list is followed to its end, and that is told',
    async (total) => {
      const url = upstream.says((seen) => ({
        body: { total, items: idsOf(numberOf(seen, 'page'), SIZE, 95) },
      }));
      const answer = await crawled({ url, paging: counted });
      expectCrawl(answer, { pages: 10, items: 95, complete: true });
      expect(failures(answer.json)).toEqual({ 1: 'UPSTREAM_INVALID' });
      expect(answer.json.summary.failedPages[0].problem.detail).toContain('totalPath');
    },
  );

  test('of more pages than may be read, what there is of them is not complete', async () => {
    const url = upstream.says((seen) => ({
      body: { total: 1e15, items: idsOf(numberOf(seen, 'page'), SIZE, 1e6) },
    }));
    expectCrawl(await crawled({ url, paging: counted, maxPages: 7 }), {
      pages: 7,
      items: 70,
      complete: false,
    });
  });
});

describe('without a total', () => {
  test.each([
    ['an empty page', 100, {}],
    ['a short page', 95, {}],
    ['a page that is not there', 100, { 11: { status: 404 }, 12: { status: 404 }, 13: { status: 400 } }],
  ])('%s ends the list; what was tried beyond it is forgotten', async (_what, total, answers) => {
    const url = numbered(total, answers);
    const answer = await crawled({ url, paging: page, concurrency: 4 });
    expectCrawl(answer, { pages: 10, items: total, complete: true, failedPages: [] });
    expect(ids(answer.json.items)).toEqual(upTo(total));
    expect(upstream.targets(url).length).toBeLessThanOrEqual(10 + 4);
  });

  test('a page that is not there, with more after it, is a page that failed', async () => {
    const answer = await crawled({ url: numbered(60, { 3: { status: 404 } }), paging: page });
    expectCrawl(answer, { pages: 5, items: 50, complete: false });
    expect(failures(answer.json)).toEqual({ 3: 'UPSTREAM_STATUS 404' });
  });

  test('a page that fails is passed over', async () => {
    const url = numbered(60, { 1: { status: 403 }, 4: { body: '{' } });
    const answer = await crawled({ url, paging: page });
    expectCrawl(answer, { pages: 4, items: 40, complete: false });
    expect(failures(answer.json)).toEqual({ 1: 'UPSTREAM_STATUS 403', 4: 'UPSTREAM_INVALID' });
    expect(ids(answer.json.items)).toEqual(upTo(60).filter((id) => id > 10 && (id <= 30 || id > 40)));
  });

  test('an upstream that fails all the time is not asked for every page', async () => {
    const url = upstream.says(() => ({ status: 403 }));
    const answer = await crawled({ url, paging: page, maxPages: 1_000 });
    expectCrawl(answer, { pages: 0, items: 0, complete: false });
    expect(answer.json.summary.failedPages).toHaveLength(5);
    expect(upstream.targets(url)).toHaveLength(5);
  });

  test('a first page that is shorter than asked for may be all there is', async () => {
    const url = numbered(7, {}, 100);
    const paging = { ...page, sizeParam: 'size', size: 100 };
    expectCrawl(await crawled({ url, paging }), { pages: 1, items: 7, complete: true });
    expect(upstream.targets(url)).toEqual([
      expect.stringMatching(/\?size=100&page=1$/),
      expect.stringMatching(/\?size=100&page=2$/),
    ]);
  });
});

describe('a page that has the items of an earlier one', () => {
  const repeated = (total: number) =>
    numbered(total, { 3: { body: { total, items: idsOf(2, SIZE, total) } } });

  test('is listed, and its items are not taken again', async () => {
    for (const concurrency of [1, 10]) {
      const answer = await crawled({ url: repeated(60), paging: counted, concurrency });
      expectCrawl(answer, { pages: 5, items: 50, duplicates: 10, complete: false });
      expect(failures(answer.json)).toEqual({ 3: 'PAGING_LOOP' });
      expect(ids(answer.json.items)).toEqual(upTo(60).filter((id) => id <= 20 || id > 30));
    }
  });

  test('ends a list whose end is not known', async () => {
    const answer = await crawled({ url: repeated(60), paging: page, concurrency: 1 });
    expectCrawl(answer, { pages: 2, items: 20, duplicates: 10, complete: false });
    expect(failures(answer.json)).toEqual({ 3: 'PAGING_LOOP' });
  });

  test('is one page, however often it comes where a server gives its last one for all beyond', async () => {
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'page');
      // The later ones come first.
      return { delayMs: number > 4 ? 0 : 60, body: { items: idsOf(Math.min(number, 4), SIZE, 40) } };
    });
    for (const headers of [{}, asLines]) {
      const answer = await crawled({ url, paging: page, concurrency: 6 }, headers);
      const { summary } = headers === asLines ? linesOf(answer).at(-1) : answer.json;
      expect(summary).toMatchObject({ pages: 4, items: 40, duplicates: 10, complete: false });
      expect(failures({ summary })).toEqual({ 5: 'PAGING_LOOP' });
    }
  });

  test('is nothing where a short page has ended the list before it', async () => {
    const url = upstream.says((seen) => ({
      body: { items: idsOf(Math.min(numberOf(seen, 'page'), 4), SIZE, 35) },
    }));
    const answer = await crawled({ url, paging: page });
    expectCrawl(answer, { pages: 4, items: 35, duplicates: 0, complete: true, failedPages: [] });
  });

  test('ends a chain', async () => {
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'cursor') || 1;
      return { body: { items: idsOf(Math.min(number, 3), SIZE, 60), next: number + 1 } };
    });
    const answer = await crawled({ url, paging: { style: 'cursor', nextPath: '/next' } });
    expectCrawl(answer, { pages: 3, items: 30, duplicates: 10, complete: false });
    expect(failures(answer.json)).toEqual({ 4: 'PAGING_LOOP' });
  });
});

describe('a page of 204, without a body', () => {
  const nothing = { status: 204 };

  test('is an empty one', async () => {
    const answer = await crawled({ url: numbered(100, { 11: nothing, 12: nothing }), paging: page });
    expectCrawl(answer, { pages: 10, items: 100, complete: true, failedPages: [] });
    const empty = upstream.says(() => nothing);
    for (const paging of [page, counted, { style: 'cursor', nextPath: '/next' }, { style: 'link' }])
      expectCrawl(await crawled({ url: empty, paging }), { items: 0, complete: true, failedPages: [] });
  });

  test('is missed where the list should have it', async () => {
    const answer = await crawled({ url: numbered(60, { 6: nothing }), paging: counted });
    expectCrawl(answer, { pages: 5, items: 50, complete: false });
    expect(failures(answer.json)).toEqual({ 6: 'UPSTREAM_INVALID' });
  });

  test('leads on by its link', async () => {
    const url = upstream.says((seen) =>
      seen.url.search ? { body: { items: [1] } } : { status: 204, headers: { link: '<?page=2>; rel=next' } },
    );
    expectCrawl(await crawled({ url, paging: { style: 'link' } }), { pages: 2, items: 1, complete: true });
  });
});

describe('uniqueBy', () => {
  test('keeps the first item of those that are the same', async () => {
    const items = [
      '{"id":1,"n":1}',
      '{"id":1.0,"n":2}',
      '{"id":"1","n":3}',
      '{"id":"\\u0031","n":4}',
      '{"n":5}',
      '{"id":null,"n":6}',
      '{"id":null,"n":7}',
      '{"id":12345678901234567890,"n":8}',
      '{"id":12345678901234567891,"n":9}',
    ];
    const url = upstream.says(() => ({ body: `{"items":[${items.join(',')}]}` }));
    const answer = await crawled({ url, paging: { style: 'link' }, uniqueBy: '/id' });
    expectCrawl(answer, { items: 7, duplicates: 2, complete: true });
    expect(answer.json.items.map(({ n }: { n: number }) => n)).toEqual([1, 3, 5, 6, 7, 8, 9]);
  });

  test('sees to it that pages which shifted meanwhile give each item once', async () => {
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'page');
      const first = (number - 1) * SIZE + 1 - (number > 3 ? 2 : 0);
      return {
        body: { total: 60, items: Array.from({ length: SIZE }, (_, index) => ({ id: first + index })) },
      };
    });
    const answer = await crawled({ url, paging: counted, uniqueBy: '/id' });
    expectCrawl(answer, { pages: 6, items: 58, duplicates: 2, complete: true });
    expect(ids(answer.json.items)).toEqual(upTo(58));
  });
});

describe('a chain', () => {
  const chain = { style: 'cursor', nextPath: '/next' };

  test('that comes back to a page is a loop', async () => {
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'cursor') || 1;
      return { body: { items: idsOf(number, SIZE, 100), next: number === 5 ? 3 : number + 1 } };
    });
    expectProblem(await crawled({ url, paging: chain }), 502, 'PAGING_LOOP');
    expect(upstream.targets(url)).toHaveLength(5);
  });

  test.each(['', '?page=1', '?page=2#again'])(
    'of links that leads to %s is a loop as well',
    async (reference) => {
      const url = upstream.says((seen) => ({
        headers: { link: `<${numberOf(seen, 'page') === 2 ? reference : '?page=2'}>; rel=next` },
        body: { items: idsOf(numberOf(seen, 'page'), SIZE, 100) },
      }));
      expectProblem(await crawled({ url: `${url}?page=1`, paging: { style: 'link' } }), 502, 'PAGING_LOOP');
    },
  );

  test.each([
    ['a string', '"a b&c=%"', 'a%20b%26c%3D%25'],
    ['a number, to its last digit', '12345678901234567890', '12345678901234567890'],
    ['an escaped one', '"\\u0061"', 'a'],
    ['zero', '0', '0'],
  ])('goes on by %s', async (_what, cursor, sent) => {
    const url = upstream.says((seen) => ({
      body: `{"items":[${seen.times}],"next":${seen.url.searchParams.has('cursor') ? 'null' : cursor}}`,
    }));
    const full = `${url}?a=%7e&b=c+d`;
    expect((await crawled({ url: full, paging: chain })).status).toBe(200);
    const path = new URL(url).pathname;
    expect(upstream.targets(url)).toEqual([`${path}?a=%7e&b=c+d`, `${path}?a=%7e&b=c+d&cursor=${sent}`]);
  });

  test.each(['null', '""', undefined])('ends with %s for a cursor', async (next) => {
    const url = upstream.says(() => ({ body: `{"items":[1]${next ? `,"next":${next}` : ''}}` }));
    expectCrawl(await crawled({ url, paging: chain }), { pages: 1, items: 1, complete: true });
  });

  test.each(['true', 'false', '{}', '["a"]', '"\\ud800"', `"${'x'.repeat(20_000)}"`])(
    'cannot go on from %s for a cursor, and the items stand',
    async (next) => {
      const url = upstream.says(() => ({ body: `{"items":[1],"next":${next}}` }));
      const answer = await crawled({ url, paging: chain });
      expectCrawl(answer, { pages: 1, items: 1, complete: false });
      expect(failures(answer.json)).toEqual({ 1: 'UPSTREAM_INVALID' });
    },
  );

  test('ends where a page fails', async () => {
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'cursor') || 1;
      return number === 3 ? { status: 410 } : { body: { items: idsOf(number, SIZE, 100), next: number + 1 } };
    });
    const answer = await crawled({ url, paging: chain });
    expectCrawl(answer, { pages: 2, items: 20, complete: false });
    expect(failures(answer.json)).toEqual({ 3: 'UPSTREAM_STATUS 410' });
  });

  test('goes on over pages that are empty', async () => {
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'cursor') || 1;
      return { body: { items: number % 2 ? idsOf(number, 1, 9) : [], next: number < 9 ? number + 1 : null } };
    });
    expectCrawl(await crawled({ url, paging: chain }), { pages: 9, items: 5, complete: true });
  });

  test('of links is read in any of their forms', async () => {
    const forms = [
      ['</other>; rel=prev', '<?page=2>; title="a, b; c"; rel="last next"'],
      `<${'PATH'}?page=3>;rel=next`,
      '<?page=4> ; REL="NEXT", <?page=9>; rel=last',
    ];
    const url = upstream.says((seen) => {
      const number = numberOf(seen, 'page') || 1;
      const link = forms[number - 1];
      const field = typeof link === 'string' ? link.replace('PATH', seen.url.pathname) : link;
      const headers: PageAnswer['headers'] = field ? { link: field } : {};
      return { headers, body: { items: idsOf(number, SIZE, 40) } };
    });
    const answer = await crawled({ url, paging: { style: 'link' } });
    expectCrawl(answer, { pages: 4, items: 40, complete: true });
  });
});

describe('a next link', () => {
  const link = { style: 'link' };
  const leadsTo = (reference: string) =>
    upstream.says(() => ({ headers: { link: `<${reference}>; rel=next` }, body: { items: [1] } }));

  test.each([
    ['http://10.0.0.1/', 'TARGET_NOT_ALLOWED'],
    ['http://127.0.0.1:1/', 'TARGET_NOT_ALLOWED'],
    ['http://localhost/', 'TARGET_NOT_ALLOWED'],
    ['ftp://example.org/', 'UPSTREAM_INVALID'],
    ['http://user@example.org/', 'UPSTREAM_INVALID'],
    [`/${'x'.repeat(2_048)}`, 'UPSTREAM_INVALID'],
  ])('to %s is a target like any other: refused, and listed', async (reference, code) => {
    const answer = await crawled({ url: leadsTo(reference), paging: link });
    expectCrawl(answer, { pages: 1, items: 1, complete: false });
    expect(failures(answer.json)).toEqual({ 2: code });
  });

  test('that cannot be read is told of with the host that named it', async () => {
    const { json } = await crawled({ url: leadsTo('http://user@example.org/'), paging: link });
    expect(json.summary.failedPages[0].problem.detail).toMatch(/^The upstream at 127\.0\.0\.1 names /);
  });

  test.each(['http://[::g]/', 'https://exa mple/'])(
    'to %s cannot be followed: its page is listed, and the items stand',
    async (reference) => {
      const answer = await crawled({ url: leadsTo(reference), paging: link });
      expectCrawl(answer, { pages: 1, items: 1, complete: false });
      expect(failures(answer.json)).toEqual({ 1: 'UPSTREAM_INVALID' });
    },
  );

  test('takes no headers to another origin, nor back', async () => {
    const from = { upstream: upstream.seen.length, other: other.seen.length };
    let next: string | undefined;
    for (const [number, host] of [other, upstream, other, other, upstream, upstream].entries()) {
      const headers: PageAnswer['headers'] = next === undefined ? {} : { link: `<${next}>; rel=next` };
      next = host.says(() => ({ headers, body: { items: [5 - number] } }));
    }
    const answer = await crawled({ url: next, paging: link, headers: { 'X-Api-Key': 'secret' } });
    expect(answer.json.items).toEqual([0, 1, 2, 3, 4, 5]);
    const keys = (seen: typeof upstream.seen) => seen.map(({ headers }) => headers['x-api-key']);
    expect(keys(upstream.seen.slice(from.upstream))).toEqual(['secret', 'secret', undefined]);
    expect(keys(other.seen.slice(from.other))).toEqual([undefined, undefined, undefined]);
  });

  test('after a redirect to another origin takes none there either', async () => {
    const last = other.says(() => ({ body: { items: [2] } }));
    const first = other.says(() => ({ headers: { link: `<${last}>; rel=next` }, body: { items: [1] } }));
    const url = upstream.says(() => ({ status: 302, headers: { location: first } }));
    const from = other.seen.length;
    const answer = await crawled({ url, paging: link, headers: { authorization: 'Bearer theirs' } });
    expect(answer.json.items).toEqual([1, 2]);
    for (const { headers } of other.seen.slice(from)) expect(headers.authorization).toBeUndefined();
  });
});

test('the other parameters of a URL go with each page, as they were written', async () => {
  const url = numbered(20);
  const paging = { ...counted, sizeParam: 'page[size]', size: 10 };
  await crawled({ url: `${url}?q=%7e+x&page=9&f[]=1`, paging });
  const path = new URL(url).pathname;
  expect(upstream.targets(url)).toEqual([
    `${path}?q=%7e+x&page=1&f[]=1&page%5Bsize%5D=10`,
    `${path}?q=%7e+x&page=2&f[]=1&page%5Bsize%5D=10`,
  ]);
});
