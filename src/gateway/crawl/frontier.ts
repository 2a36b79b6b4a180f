/** What may be fetched next, for each style of paging: the same few questions, whoever answers them. */
import type { Problem } from '../../problem.js';

/** One page of a crawl, as it is asked for. */
export interface PageRequest {
  /** Its place in the list, from 1. */
  readonly page: number;
  readonly url: string;
  /** The URL of the answer that named this one; none where the caller did. */
  readonly linkedFrom?: string;
  /** Whether the caller's headers go there. */
  readonly hasHeaders: boolean;
}

/** What a page says, its items aside. */
export interface ArrivedPage {
  /** Items, as they came. */
  readonly count: number;
  /** The page that has the same items, as they were written. */
  readonly sameAs: number | undefined;
  /** Of the answer, after redirects. */
  readonly url: string;
  /** Items in all, as the page has it. */
  readonly total?: number | undefined;
  /** Pages in all. */
  readonly pages?: number | undefined;
  /** Of the page after it. */
  readonly nextUrl?: string | undefined;
}

export interface Frontier {
  /** The page to fetch now; nothing until another has ended, or nothing any more. Pages begin in their order. */
  next(): PageRequest | undefined;
  /** @returns what is wrong with a page that came, so that the list is not known to be whole: it is to be listed */
  arrived(request: PageRequest, page: ArrivedPage): Problem | undefined;
  failed(request: PageRequest, problem: Problem): void;
  /** Whether the list has this page, as far as is known: what was tried beyond its end is none of it. */
  has(page: number): boolean;
  /** Whether the end of the list was seen, and all before it was begun. */
  readonly isAtEnd: boolean;
  /** Pages that the list has and that were not begun, as far as they may be. */
  unbegun(): number[];
  /** What ends the whole crawl, and all that it came to. */
  readonly loop: Problem | undefined;
}
