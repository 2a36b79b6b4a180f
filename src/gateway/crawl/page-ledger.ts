/** The account of a crawl's pages: which were read, which failed, which came twice, and whether the list is whole. */
import { Problem } from '../../problem.js';
import type { Frontier } from './frontier.js';
import type { PageItems } from './read-page.js';

/** Pages whose items are written alike. */
interface Alike {
  /** In the list. */
  firstPage: number;
  haveGone: boolean;
}

export class PageLedger {
  /** Of pages whose items are missing. */
  readonly #failures = new Map<number, Problem>();
  /** Of pages whose items are there, but not all is well with. */
  readonly #doubts = new Map<number, Problem>();
  readonly #alike = new Map<string, Alike>();
  /** Items of pages that have those of another. */
  readonly #copies = new Map<number, number>();
  readonly #taken = new Set<number>();
  #remark: Problem | undefined;

  constructor(private readonly frontier: Frontier) {}

  /** @returns the page that has the same items, if there is one: the later one in the list is then listed as its copy */
  sameAs(page: number, { count, fingerprint }: PageItems): number | undefined {
    if (count === 0) return undefined;
    const alike = this.#alike.get(fingerprint);
    if (!alike) {
      this.#alike.set(fingerprint, { firstPage: page, haveGone: false });
      return undefined;
    }
    const known = alike.firstPage;
    alike.firstPage = Math.min(page, known);
    const copy = Math.max(page, known);
    this.#copies.set(copy, count);
    this.fail(
      copy,
      new Problem('PAGING_LOOP', `Page ${copy} has the items of page ${alike.firstPage} once more.`, {
        isLogged: true,
      }),
    );
    return known;
  }

  /** Whether these items go out: of pages that are alike, those of the first one that is asked about. */
  isFresh({ fingerprint }: PageItems): boolean {
    const alike = this.#alike.get(fingerprint);
    if (alike?.haveGone) return false;
    if (alike) alike.haveGone = true;
    return true;
  }

  /** Its items have gone, if it has any. */
  take(page: number): void {
    this.#taken.add(page);
  }

  /** Lists a page whose items are missing. */
  fail(page: number, problem: Problem): void {
    this.#failures.set(page, problem);
  }

  /** Lists a page whose items stand: the list is not known to be whole. */
  doubt(page: number, problem: Problem): void {
    this.#doubts.set(page, problem);
  }

  /** Lists what was wrong with the first page and is made up for by others. */
  remark(problem: Problem): void {
    this.#remark = problem;
  }

  /** In the order of the list: those that it has, as far as is known. */
  get failedPages(): { page: number; problem: Problem }[] {
    const failed = [...new Map([...this.#doubts, ...this.#failures])]
      .filter(([page]) => this.frontier.has(page))
      .map(([page, problem]) => ({ page, problem }))
      .sort((one, other) => one.page - other.page);
    return this.#remark ? [{ page: 1, problem: this.#remark }, ...failed] : failed;
  }

  /** Pages of the list whose items have gone. */
  get pages(): number {
    return [...this.#taken].filter((page) => this.frontier.has(page) && !this.#failures.has(page)).length;
  }

  /** Items that came once more, with a whole page. */
  get duplicates(): number {
    let items = 0;
    for (const [page, count] of this.#copies) if (this.frontier.has(page)) items += count;
    return items;
  }

  /** Whether all of the list was fetched. */
  get isComplete(): boolean {
    const listed = [...this.#failures.keys(), ...this.#doubts.keys()];
    return this.frontier.isAtEnd && listed.every((page) => !this.frontier.has(page));
  }
}
