/** Which page is fetched next, whatever the order in which pages come. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PageRequest } from '#dist/gateway/crawl/frontier.js';
import { NumberedPages } from '#dist/gateway/crawl/numbered-pages.js';
import { Problem } from '#dist/problem.js';

const lists = fc.record({
  total: fc.nat({ max: 60 }),
  /** Items a page, as the server has it. */
  size: fc.integer({ min: 1, max: 9 }),
  asked: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
  saysTotal: fc.boolean(),
  isByOffset: fc.boolean(),
  concurrency: fc.integer({ min: 1, max: 8 }),
  /** Which of those under way ends next. */
  order: fc.array(fc.nat(), { minLength: 150, maxLength: 150 }),
  beyond: fc.constantFrom('empty', 'not found', 'refused'),
});

test('every page of a list is fetched once, and hardly any beyond', () => {
  fc.assert(
    fc.property(lists, ({ total, size, asked, saysTotal, isByOffset, concurrency, order, beyond }) => {
      const step = asked === undefined ? size : Math.min(size, asked);
      const pages = Math.ceil(total / step);
      const frontier = new NumberedPages({
        urlOf: (page, itemsBefore) => `${isByOffset ? itemsBefore : page}`,
        isByOffset,
        size: asked,
        maxPages: 100,
      });
      const underWay: PageRequest[] = [];
      const begun: number[] = [];
      const failed: number[] = [];
      for (const pick of order) {
        while (underWay.length < concurrency) {
          const request = frontier.next();
          if (!request) break;
          underWay.push(request);
          begun.push(request.page);
        }
        const [request] = underWay.splice(pick % Math.max(1, underWay.length), 1);
        if (!request) break;
        const count = Math.max(0, Math.min(step, total - (request.page - 1) * step));
        if (count === 0 && request.page > 1 && beyond !== 'empty') {
          failed.push(request.page);
          const upstreamStatus = beyond === 'not found' ? 404 : 400;
          frontier.failed(request, new Problem('UPSTREAM_STATUS', '', { upstreamStatus }));
        } else {
          const said = saysTotal ? total : undefined;
          frontier.arrived(request, { count, sameAs: undefined, url: request.url, total: said });
        }
      }
      expect(underWay).toEqual([]);
      expect(begun).toEqual(begun.map((_, index) => index + 1));
      expect(begun.length).toBeGreaterThanOrEqual(pages);
      // Where nothing else says where the end is, refusals do not either.
      const isTold = saysTotal || beyond !== 'refused' || total % step !== 0;
      expect(begun.length).toBeLessThanOrEqual(Math.max(1, pages) + (saysTotal ? 0 : concurrency + 5));
      if (isTold) {
        const isProbed = !saysTotal && pages === 1 && beyond === 'refused' && total !== 0;
        if (!isProbed) expect(frontier.isAtEnd).toBe(true);
        if (!isProbed) expect(failed.filter((page) => frontier.has(page))).toEqual([]);
        expect(frontier.unbegun()).toEqual([]);
      }
    }),
    { numRuns: 3_000 },
  );
});

const uneven = fc.record({
  total: fc.nat({ max: 60 }),
  asked: fc.integer({ min: 1, max: 12 }),
  /** Items of the first page, and how many more each other one has, as the server has it. */
  first: fc.integer({ min: 1, max: 12 }),
  more: fc.nat({ max: 6 }),
  saysTotal: fc.boolean(),
  concurrency: fc.integer({ min: 1, max: 8 }),
  order: fc.array(fc.nat(), { minLength: 150, maxLength: 150 }),
});

test('a list by offsets that is called whole has each item once, also where its first page is shorter', () => {
  fc.assert(
    fc.property(uneven, ({ total, asked, first, more, saysTotal, concurrency, order }) => {
      const urlOf = (_page: number, itemsBefore: number) => `${itemsBefore}`;
      const frontier = new NumberedPages({ urlOf, isByOffset: true, size: asked, maxPages: 100 });
      const underWay: PageRequest[] = [];
      const items: number[] = [];
      let isDoubted = false;
      for (const pick of order) {
        while (underWay.length < concurrency) {
          const request = frontier.next();
          if (!request) break;
          underWay.push(request);
        }
        const [request] = underWay.splice(pick % Math.max(1, underWay.length), 1);
        if (!request) break;
        const offset = Number(request.url);
        const most = Math.min(asked, offset === 0 ? first : first + more);
        const count = Math.max(0, Math.min(most, total - offset));
        const said = saysTotal ? total : undefined;
        const page = { count, sameAs: undefined, url: request.url, total: said };
        if (frontier.arrived(request, page) && frontier.has(request.page)) isDoubted = true;
        items.push(...Array.from({ length: count }, (_, index) => offset + index));
      }
      const all = Array.from({ length: total }, (_, index) => index);
      if (frontier.isAtEnd && !isDoubted) expect(items.sort((one, other) => one - other)).toEqual(all);
    }),
    { numRuns: 3_000 },
  );
});
