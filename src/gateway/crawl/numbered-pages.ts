/** Lists whose pages have a number or an offset: after the first, all can be fetched at once. */
import type { Problem } from '../../problem.js';
import type { ArrivedPage, Frontier, PageRequest } from './frontier.js';
import { ListLength } from './list-length.js';
import { pageInvalid } from './read-page.js';

interface Numbering {
  /** @param page from 1; @param itemsBefore in the pages before it, as far as is known */
  readonly urlOf: (page: number, itemsBefore: number) => string;
  /** Whether the URLs have the items before a page, and not its number. */
  readonly isByOffset: boolean;
  /** Items a page, as they were asked for. */
  readonly size: number | undefined;
  readonly maxPages: number;
}

/** In a row, of a list whose end is not known: then the upstream is asked for no more. */
const MAX_FAILURES_IN_A_ROW = 5;
const NOT_FOUND = 404;

/**
 * The first page alone: it may say how many there are. If it does, all the others, as lists grow
 * and shrink. If not, pages are tried on and on. Then an empty page, one that is not there (404) or one that repeats
 * another ends the list, and a short page does after itself, unless a later page has items after all. Where there should
 * be more, an empty page ends it as well, and is listed.
 */
export class NumberedPages implements Frontier {
  readonly loop = undefined;
  #begun = 0;
  #settled = 0;
  #arrived = 0;
  readonly #length: ListLength;
  /** Empty, although the list should have them. */
  readonly #hollow = new Set<number>();
  /** With items of their own. */
  readonly #withItems = new Set<number>();
  #lastArrived = 0;
  /** Pages before which the list may end, besides those that repeat another. */
  readonly #ends = new Set<number>();
  readonly #failed = new Set<number>();
  readonly #repeated = new Set<number>();

  constructor(private readonly numbering: Numbering) {
    this.#length = new ListLength(numbering.size);
  }

  next(): PageRequest | undefined {
    const page = this.#begun + 1;
    if (page > this.numbering.maxPages || !this.#mayBegin(page)) return undefined;
    this.#begun = page;
    return {
      page,
      url: this.numbering.urlOf(page, this.#length.itemsBefore(page)),
      hasHeaders: true,
    };
  }

  #mayBegin(page: number): boolean {
    if (this.#isFeelingItsWay && this.#settled < this.#begun) return false;
    if (this.#pages !== undefined) return page <= this.#pages && this.#hollowEnd === undefined;
    return this.#end === undefined && this.#failuresInARow < MAX_FAILURES_IN_A_ROW;
  }

  /**
   * One page at a time, until one has come, and one more where it was shorter than asked for: that is either all there
   * is, or all that the server allows, or no measure at all of what is before the others.
   */
  get #isFeelingItsWay(): boolean {
    if (this.#arrived === 0) return true;
    const { size } = this.numbering;
    if (this.#pages !== undefined && !this.numbering.isByOffset) return false;
    return this.#arrived === 1 && size !== undefined && (this.#length.step ?? 0) < size;
  }

  arrived({ page }: PageRequest, arrived: ArrivedPage): Problem | undefined {
    const { count, sameAs } = arrived;
    this.#settled += 1;
    this.#arrived += 1;
    this.#lastArrived = Math.max(this.#lastArrived, page);
    this.#length.hear(page, arrived);
    if (count === 0) return this.#isEmpty(page, arrived);
    if (sameAs === undefined) return this.#hasItems(page, count);
    this.#repeats(page, sameAs);
    return undefined;
  }

  #isEmpty(page: number, said: ArrivedPage): Problem | undefined {
    this.#ends.add(page);
    const missing = this.#length.missing(page, said);
    if (missing === undefined) return undefined;
    this.#hollow.add(page);
    return pageInvalid(`is empty, though the list has ${missing}`);
  }

  /** Of two that are the same the later one repeats the other, whichever came first. */
  #repeats(one: number, other: number): void {
    const copy = Math.max(one, other);
    this.#withItems.delete(copy);
    this.#withItems.add(Math.min(one, other));
    this.#repeated.add(copy);
  }

  get #lastWithItems(): number {
    return Math.max(0, ...this.#withItems);
  }

  #hasItems(page: number, count: number): Problem | undefined {
    this.#withItems.add(page);
    const { isByOffset, size = Number.POSITIVE_INFINITY } = this.numbering;
    const { step = count } = this.#length;
    if (count < Math.min(step, size)) this.#ends.add(page + 1);
    if (!this.#length.outgrows(page, count)) return undefined;
    // Nobody has begun from the old measure yet: at least the others follow one another.
    if (isByOffset && page === 2 && this.#begun === 2) this.#length.measureAnew(count);
    if (!isByOffset && !this.#length.isCountedByItems) return undefined;
    return pageInvalid(`has ${count} items where ${step} were expected: some may be missing or come twice`);
  }

  get #pages(): number | undefined {
    return this.#length.pages(this.#end !== undefined);
  }

  failed({ page }: PageRequest, { upstreamStatus }: Problem): void {
    this.#settled += 1;
    this.#failed.add(page);
    if (upstreamStatus === NOT_FOUND && page > 1) this.#ends.add(page);
  }

  get #failuresInARow(): number {
    let count = 0;
    for (const page of this.#failed) if (page > this.#lastArrived) count += 1;
    return count;
  }

  /** The first page that the list does not have, where that was found out by trying. */
  get #end(): number | undefined {
    return this.#firstBeyond([...this.#ends, ...this.#repeated]);
  }

  /** The first page that the list should have, and does not. */
  get #hollowEnd(): number | undefined {
    return this.#firstBeyond([...this.#hollow]);
  }

  /** After the last one that has items. */
  #firstBeyond(pages: readonly number[]): number | undefined {
    const last = this.#lastWithItems;
    const beyond = pages.filter((page) => page > last);
    return beyond.length === 0 ? undefined : Math.min(...beyond);
  }

  has(page: number): boolean {
    if (page === 1 || page <= this.#lastWithItems) return true;
    if (this.#pages !== undefined) return page <= Math.min(this.#pages, this.#hollowEnd ?? page);
    const end = this.#end;
    // Where nothing else ends the list, what the page that repeats another should have had is not known.
    return end === undefined || page < end || (page === end && !this.#ends.has(page));
  }

  get isAtEnd(): boolean {
    if (this.#pages !== undefined) return this.#begun >= this.#pages;
    return this.#end !== undefined;
  }

  unbegun(): number[] {
    if (this.#hollowEnd !== undefined) return [];
    const last = Math.min(this.#pages ?? 0, this.numbering.maxPages);
    return Array.from({ length: Math.max(0, last - this.#begun) }, (_, index) => this.#begun + index + 1);
  }
}
