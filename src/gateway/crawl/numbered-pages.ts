/** Lists whose pages have a number or an offset: after the first, all can be fetched at once. */
import type { Problem } from '../../problem.js';
import type { ArrivedPage, Frontier, PageRequest } from './frontier.js';
import { pageInvalid } from './read-page.js';

/** How long the list is. */
type Said = Pick<ArrivedPage, 'total' | 'pages'>;

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
  /** Items a page, as the server has it; it may allow fewer than were asked for. */
  #step: number | undefined;
  /** Items of the page that had most. */
  #most = 0;
  /** Items of the first page. */
  #first: number | undefined;
  /** In all, where the list says so: by the page that came last, and at most. */
  #latest: Said = {};
  #largest: Said = {};
  /** Empty, although the list should have them. */
  readonly #hollow = new Set<number>();
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
      url: this.numbering.urlOf(page, this.#itemsBefore(page)),
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
    return this.#arrived === 1 && size !== undefined && (this.#step ?? 0) < size;
  }

  arrived({ page }: PageRequest, { count, sameAs, total, pages }: ArrivedPage): Problem | undefined {
    this.#settled += 1;
    this.#arrived += 1;
    this.#lastArrived = Math.max(this.#lastArrived, page);
    if (this.#step === undefined && count > 0)
      this.#step = page === 1 ? count : (this.numbering.size ?? count);
    if (page === 1 && count > 0) this.#first = count;
    this.#hears({ total, pages });
    if (count === 0) return this.#isEmpty(page, { total, pages });
    if (sameAs !== undefined) this.#repeats(page, sameAs);
    else this.#hasItems(page, count);
    return sameAs === undefined ? this.#measure(page, count) : undefined;
  }

  #hears({ total, pages }: Said): void {
    if (pages === undefined && total === undefined) return;
    this.#latest = pages === undefined ? { total } : { pages };
    const most = (one = 0, other = 0) => Math.max(one, other);
    if (pages === undefined) this.#largest = { ...this.#largest, total: most(this.#largest.total, total) };
    else this.#largest = { ...this.#largest, pages: most(this.#largest.pages, pages) };
  }

  /** It may say itself whether there should be more; else those that came before it do. */
  #isEmpty(page: number, said: Said): Problem | undefined {
    this.#ends.add(page);
    const { total, pages } = said.total === undefined && said.pages === undefined ? this.#latest : said;
    // Of no items at all, one page is what many servers say.
    const isMissed =
      page === 1
        ? (total ?? 0) > 0 || (pages ?? 0) > 1
        : (this.#count({ total, pages }, this.#longest) ?? 0) >= page;
    if (!isMissed) return undefined;
    this.#hollow.add(page);
    return pageInvalid(
      `is empty, though the list has ${total === undefined ? `${pages} pages` : `${total} items`}`,
    );
  }

  /** More than the pages before it had: they were no measure of where it begins, or of how many there are. */
  #measure(page: number, count: number): Problem | undefined {
    const step = this.#step ?? count;
    const { isByOffset } = this.numbering;
    const isMeasured = isByOffset || (this.#latest.total !== undefined && this.#latest.pages === undefined);
    const most = this.#longest ?? count;
    this.#most = Math.max(most, count);
    if (page === 1 || count <= most || !isMeasured) return undefined;
    // Nobody has begun from the old one yet: at least the others follow one another.
    if (isByOffset && page === 2 && this.#begun === 2) this.#step = count;
    return pageInvalid(
      `has ${count} items where ${step} were to be expected: some may be missing or come twice`,
    );
  }

  #itemsBefore(page: number): number {
    const step = this.#step ?? this.numbering.size ?? 0;
    return page === 1 ? 0 : (this.#first ?? step) + (page - 2) * step;
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
    if (this.#end !== undefined) return this.#count(this.#latest, this.#longest);
    const step = this.#step ?? this.numbering.size;
    if (this.#count(this.#latest, step) === undefined) return undefined;
    const { total, pages } = this.#largest;
    return Math.max(this.#count({ total }, step) ?? 0, pages ?? 0);
  }

  /** Items a page, by the page that had most: the list has no fewer pages than these come to. */
  get #longest(): number | undefined {
    return this.#most || (this.#step ?? this.numbering.size);
  }

  /** Pages in all. */
  #count({ total, pages }: Said, step: number | undefined): number | undefined {
    if (pages !== undefined) return pages;
    if (total === 0) return 0;
    if (total === undefined || step === undefined) return undefined;
    return 1 + Math.ceil(Math.max(0, total - (this.#first ?? step)) / step);
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

  /** The first page that the list should have, and does not. */
  get #hollowEnd(): number | undefined {
    const last = this.#lastWithItems;
    const ends = [...this.#hollow].filter((page) => page > last);
    return ends.length === 0 ? undefined : Math.min(...ends);
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
