/** How long a numbered list is, and how many items its pages have: by what they say of it, and by what came. */
import type { ArrivedPage } from './frontier.js';

interface Said {
  total?: ArrivedPage['total'];
  pages?: ArrivedPage['pages'];
}

export class ListLength {
  /** Items a page, as the server has it; it may allow fewer than were asked for. */
  #step: number | undefined;
  /** Items of the first page. */
  #first: number | undefined;
  /** Items of the page that had most. */
  #most = 0;
  /** In all, where the list says so: by the page that came last, and at most. */
  #latest: Said = {};
  #largest: Said = {};

  /** @param size items a page, as they were asked for */
  constructor(private readonly size: number | undefined) {}

  /** Of each page that came. */
  hear(page: number, { count, total, pages }: Said & Pick<ArrivedPage, 'count'>): void {
    if (count > 0) this.#step ??= page === 1 ? count : (this.size ?? count);
    if (page === 1 && count > 0) this.#first = count;
    if (pages === undefined && total === undefined) return;
    this.#latest = pages === undefined ? { total } : { pages };
    if (pages !== undefined) this.#largest.pages = Math.max(this.#largest.pages ?? 0, pages);
    else this.#largest.total = Math.max(this.#largest.total ?? 0, total ?? 0);
  }

  /** Items a page; nothing where none has come. */
  get step(): number | undefined {
    return this.#step;
  }

  /** Whether its pages are as many as its items come to; else it says itself how many there are, or nothing. */
  get isCountedByItems(): boolean {
    return this.#latest.total !== undefined;
  }

  /** @returns whether it has more items than any before it, of which the first was taken for all */
  outgrows(page: number, count: number): boolean {
    const most = this.#longest ?? count;
    this.#most = Math.max(most, count);
    return page > 1 && count > most;
  }

  /** From the second page on, this is how many items a page has. */
  measureAnew(count: number): void {
    this.#step = count;
  }

  itemsBefore(page: number): number {
    const step = this.#step ?? this.size ?? 0;
    return page === 1 ? 0 : (this.#first ?? step) + (page - 2) * step;
  }

  /**
   * Pages do not come in the order in which they were made: less than was said before is true once a page shows it.
   * @param isEndSeen then no more pages than there must be, else as many as there may be
   */
  pages(isEndSeen: boolean): number | undefined {
    if (isEndSeen) return this.#pagesBy(this.#latest, this.#longest);
    const step = this.#step ?? this.size;
    if (this.#pagesBy(this.#latest, step) === undefined) return undefined;
    const { total, pages } = this.#largest;
    return Math.max(this.#pagesBy({ total }, step) ?? 0, pages ?? 0);
  }

  /**
   * Of an empty page: it may say itself whether there should be more; else those that came before it do.
   * @returns what the list should have, where this page belongs to it
   */
  missing(page: number, { total, pages }: Said): string | undefined {
    const said = total === undefined && pages === undefined ? this.#latest : { total, pages };
    // Of no items at all, one page is what many servers say.
    const isMissed =
      page === 1
        ? (said.total ?? 0) > 0 || (said.pages ?? 0) > 1
        : (this.#pagesBy(said, this.#longest) ?? 0) >= page;
    if (!isMissed) return undefined;
    return said.total === undefined ? `${said.pages} pages` : `${said.total} items`;
  }

  /** Items a page, by the one that had most. */
  get #longest(): number | undefined {
    return this.#most || (this.#step ?? this.size);
  }

  #pagesBy({ total, pages }: Said, step: number | undefined): number | undefined {
    if (pages !== undefined) return pages;
    if (total === 0) return 0;
    if (total === undefined || step === undefined) return undefined;
    return 1 + Math.ceil(Math.max(0, total - (this.#first ?? step)) / step);
  }
}
