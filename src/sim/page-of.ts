import { writeCursor } from './page-cursor.js';
import { type PagesQuery, pagesParameters, type SimPage, sizeOf } from './pages.schema.js';

interface Place {
  readonly body: SimPage;
  /** The parameter that leads to the next page, in the style of this one; none at the end. */
  readonly next: readonly [name: string, value: string] | undefined;
}

/** A page of the list 1, 2, 3 ... `total`. */
export function pageOf(query: PagesQuery): Place {
  const { total } = query;
  const size = sizeOf(query);
  const offset = query.cursor ?? query.offset ?? ((query.page ?? 1) - 1) * size;
  const nextOffset = offset + size < total ? offset + size : undefined;
  const page = Math.floor(offset / size) + 1;
  const count = Math.max(0, Math.min(size, total - offset));
  return {
    body: {
      items: Array.from({ length: count }, (_, index) => ({ id: offset + index + 1 })),
      page,
      pages: Math.ceil(total / size),
      total,
      nextCursor: nextOffset === undefined ? null : writeCursor(nextOffset),
    },
    next: nextOffset === undefined ? undefined : nextIn(query, nextOffset, page),
  };
}

function nextIn(query: PagesQuery, offset: number, page: number): readonly [string, string] {
  if (query.cursor !== undefined) return ['cursor', writeCursor(offset)];
  if (query.offset !== undefined || query.limit !== undefined) return ['offset', String(offset)];
  return ['page', String(page + 1)];
}

/** The `Link` field (RFC 8288), relative, with the parameters as they were given. */
export function linkTo([name, value]: readonly [string, string], given: Record<string, string>): string {
  const query = new URLSearchParams();
  for (const parameter of pagesParameters)
    if (given[parameter] !== undefined) query.set(parameter, given[parameter]);
  query.set(name, value);
  return `</sim/pages?${query}>; rel="next"`;
}
