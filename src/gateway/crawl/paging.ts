/** The styles of paging: which URL a page has, and what an answer says of others. */
import type { UpstreamAnswer } from '../../outbound/outbound-call.js';
import { parseUrl } from '../../parse-url.js';
import { ChainedPages } from './chained-pages.js';
import type { CrawlAsked, PagingStyle } from './crawl.schema.js';
import type { ArrivedPage, Frontier } from './frontier.js';
import { LinkMalformed, nextLink } from './link-field.js';
import { NumberedPages } from './numbered-pages.js';
import { countAt, cursorAt, pageInvalid } from './read-page.js';
import { withParameter } from './with-parameter.js';

type Said = Pick<ArrivedPage, 'total' | 'pages' | 'nextUrl'>;

export interface Paging {
  readonly frontier: Frontier;
  /** @throws Problem UPSTREAM_INVALID */
  readonly read: (answer: UpstreamAnswer) => Said;
  /** Where a number was to be found that is none, of which a page says nothing else. */
  readonly lacking: (said: Said) => string | undefined;
}

const nothingLacking = () => undefined;

export function pagingOf({ url, paging, maxPages }: Pick<CrawlAsked, 'url' | 'paging' | 'maxPages'>): Paging {
  switch (paging.style) {
    case 'page':
    case 'offset':
      return numbered(url, paging, maxPages);
    case 'cursor': {
      const { param, nextPath } = paging;
      return {
        frontier: new ChainedPages({ url, isLinked: false, maxPages }),
        read: ({ body }) => {
          const cursor = cursorAt(body.text, nextPath);
          return cursor === undefined ? {} : { nextUrl: withParameter(url, param, cursor) };
        },
        lacking: nothingLacking,
      };
    }
    case 'link':
      return {
        frontier: new ChainedPages({ url, isLinked: true, maxPages }),
        read: ({ url: from, headers }) => ({ nextUrl: linked(headers.link, from) }),
        lacking: nothingLacking,
      };
  }
}

type NumberedStyle = Extract<PagingStyle, { style: 'page' | 'offset' }>;

function numbered(url: string, paging: NumberedStyle, maxPages: number): Paging {
  const { totalPath } = paging;
  const pagesPath = paging.style === 'page' ? paging.pagesPath : undefined;
  const size = paging.style === 'page' ? paging.size : paging.limit;
  return {
    frontier: new NumberedPages({
      urlOf: urlsOf(url, paging),
      isByOffset: paging.style === 'offset',
      size,
      maxPages,
    }),
    read: ({ body }) => ({
      total: totalPath && countAt(body.text, totalPath),
      pages: pagesPath && countAt(body.text, pagesPath),
    }),
    lacking: ({ total, pages }) => {
      if (totalPath && total === undefined) return 'totalPath';
      return pagesPath && pages === undefined ? 'pagesPath' : undefined;
    },
  };
}

function urlsOf(url: string, paging: NumberedStyle): (page: number, itemsBefore: number) => string {
  if (paging.style === 'offset') {
    const limited = withParameter(url, paging.limitParam, paging.limit);
    return (_page, itemsBefore) => withParameter(limited, paging.param, itemsBefore);
  }
  const { param, start, sizeParam, size } = paging;
  const sized = sizeParam === undefined || size === undefined ? url : withParameter(url, sizeParam, size);
  return (page) => withParameter(sized, param, start + page - 1);
}

function linked(field: string | undefined, from: string): string | undefined {
  if (field === undefined) return undefined;
  try {
    const reference = nextLink(field);
    if (reference === undefined) return undefined;
    const url = parseUrl(reference, from);
    if (!url) throw pageInvalid('names as the next one what is no URL');
    return url.href;
  } catch (error) {
    throw error instanceof LinkMalformed ? pageInvalid('has a Link field that cannot be read') : error;
  }
}
