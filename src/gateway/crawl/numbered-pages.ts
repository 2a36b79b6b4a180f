/** Lists whose pages have a number or an offset: after the first, all can be fetched at once. */
import type { Problem } from '../../problem.js';
import type { ArrivedPage, Frontier, PageRequest } from './frontier.js';

interface Numbering {
  /** @param page from 1; @param step items a page, once they are known */
  readonly urlOf: (page: number, step: number) => string;
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
 * another ends the list, and a short page does after itself, unless a later page has items after all.
 */
export class NumberedPages implements Frontier {
  readonly loop = undefined;
  #begun = 0;
  #settled = 0;
  #arrived = 0;
  /** Items a page, as the server has it; it may allow fewer than were asked for. */
  #step: number | undefined;
  /** In all, where the list says so: by the page that came last, and at most. */
  #latestPages: number | undefined;
  #largestPages = 0;
  /** With items of their own. */
  readonly #withItems = new Set<number>();
  #lastArrived = 0;
  /** Pages before which the list may end, besides those that repeat another. */
  readonly #ends = new Set<number>();
  readonly #failed = new Set<number>();
  readonly #repeated = new Set<number>();

  constructor(private readonly numbering: Numbering) {}

  next(): PageRequest | undefined {
    const page = this.#begun + 1;
    if (page > this.numbering.maxPages || !this.#mayBegin(page)) return undefined;
    this.#begun = page;
    return {
      page,
      url: this.numbering.urlOf(page, this.#step ?? this.numbering.size ?? 0),
      hasHeaders: true,
    };
  }

  #mayBegin(page: number): boolean {
    if (this.#isFeelingItsWay && this.#settled < this.#begun) return false;
    if (this.#pages !== undefined) return page <= this.#pages;
    return this.#end === undefined && this.#failuresInARow < MAX_FAILURES_IN_A_ROW;
  }

  /**
   * One page at a time, until one has come, and one more where it was shorter than asked for: that is either all there
   * is, or all that the server allows.
   */
  get #isFeelingItsWay(): boolean {
    if (this.#arrived === 0) return true;
    const { size } = this.numbering;
    return this.#pages === undefined && this.#arrived === 1 && size !== undefined && (this.#step ?? 0) < size;
  }

  arrived({ page }: PageRequest, { count, sameAs, total, pages }: ArrivedPage): void {
    this.#settled += 1;
    this.#arrived += 1;
    this.#lastArrived = Math.max(this.#lastArrived, page);
    if (this.#step === undefined && count > 0)
      this.#step = page === 1 ? count : (this.numbering.size ?? count);
    if (sameAs !== undefined) this.#repeats(page, sameAs);
    else if (count === 0) this.#ends.add(page);
    else this.#hasItems(page, count);
    const said = pages ?? this.#pagesOf(total);
    if (said === undefined) return;
    this.#latestPages = said;
    this.#largestPages = Math.max(this.#largestPages, said);
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

  #hasItems(page: number, count: number): void {
    this.#withItems.add(page);
    if (count < Math.min(this.#step ?? 0, this.numbering.size ?? Number.POSITIVE_INFINITY))
      this.#ends.add(page + 1);
  }

  /** Pages do not come in the order in which they were made: less than was said before is true once a page shows it. */
  get #pages(): number | undefined {
    if (this.#latestPages === undefined) return undefined;
    return this.#end === undefined ? this.#largestPages : this.#latestPages;
  }

  #pagesOf(total: number | undefined): number | undefined {
    const step = this.#step ?? this.numbering.size;
    if (total === 0) return 0;
    return total === undefined || step === undefined ? undefined : Math.ceil(total / step);
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
    const last = this.#lastWithItems;
    const ends = [...this.#ends, ...this.#repeated].filter((page) => page > last);
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  has(page: number): boolean {
    if (page === 1 || page <= this.#lastWithItems) return true;
    if (this.#pages !== undefined) return page <= this.#pages;
    const end = this.#end;
    // Where nothing else ends the list, what the page that repeats another should have had is not known.
    return end === undefined || page < end || (page === end && !this.#ends.has(page));
  }

  get isAtEnd(): boolean {
    if (this.#pages !== undefined) return this.#begun >= this.#pages;
    return this.#end !== undefined;
  }

  unbegun(): number[] {
    const last = Math.min(this.#pages ?? 0, this.numbering.maxPages);
    return Array.from({ length: Math.max(0, last - this.#begun) }, (_, index) => this.#begun + index + 1);
  }
}
