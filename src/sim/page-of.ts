import { writeCursor } from './page-cursor.js';
import { type PagesQuery, pagesParameters, sizeOf } from './pages.schema.js';

/** A page of the list 1, 2, 3 ... `total`. */
export interface Page {
  /** From 1. */
  readonly page: number;
  /** Of the first item; the others follow. */
  readonly firstId: number;
  readonly count: number;
  readonly pages: number;
  /** At the time of this page. */
  readonly total: number;
  readonly nextOffset: number | undefined;
  readonly isBeyond: boolean;
}

export function pageOf(query: PagesQuery): Page {
  const { beyond, repeat, loop } = query;
  const size = sizeOf(query);
  const asked = query.cursor ?? query.offset ?? ((query.page ?? 1) - 1) * size;
  const total = Math.max(0, query.total + query.drift * Math.floor(asked / size));
  const pages = Math.ceil(total / size);
  const isBeyond = asked > 0 && asked >= total;
  const offset = isBeyond && beyond === 'last' ? Math.max(0, pages - 1) * size : asked;
  const page = Math.floor(offset / size) + 1;
  const follows = offset + size < total ? offset + size : undefined;
  const itemsFrom = page === repeat ? offset - size : offset;
  return {
    page,
    firstId: itemsFrom + 1,
    count: Math.max(0, Math.min(size, total - itemsFrom)),
    pages,
    total,
    nextOffset: page === loop ? size : follows,
    isBeyond,
  };
}

/** The `Link` field (RFC 8288), relative, in the style of the query, with the parameters as they were given. */
export function linkTo(offset: number, query: PagesQuery, given: Record<string, string>): string {
  const link = new URLSearchParams();
  for (const parameter of pagesParameters)
    if (given[parameter] !== undefined) link.set(parameter, given[parameter]);
  if (query.cursor !== undefined) link.set('cursor', writeCursor(offset));
  else if (query.offset !== undefined || query.limit !== undefined) link.set('offset', String(offset));
  else link.set('page', String(offset / sizeOf(query) + 1));
  return `</sim/pages?${link}>; rel="next"`;
}
