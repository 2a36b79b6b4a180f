/** Fetches the pages of one crawl: what may be fetched next, and what came of it. */
import type { UpstreamAnswer } from '../../outbound/call.js';
import { Pace } from '../../outbound/pace.js';
import type { RoomTicket } from '../../outbound/reading-room.js';
import { isSuccess } from '../../outbound/status.js';
import { Problem } from '../../problem.js';
import type { CallGroup } from '../call-group.js';
import { statusProblem } from '../status-problem.js';
import type { Timing } from '../timings.js';
import type { CrawlAsked } from './crawl.schema.js';
import type { Frontier, PageRequest } from './frontier.js';
import { PageMemory } from './page-memory.js';
import { type Paging, pagingOf } from './paging.js';
import { itemsOf, type PageItems } from './read-page.js';

/** Pages are read, never written: as often as any call may be (`retries` of an item). */
const PAGE_RETRIES = 5;

export interface EndedPage {
  readonly page: number;
  readonly bytes: number;
  /** Where it came, and has a list. */
  readonly content?: PageItems;
  readonly problem?: Problem;
  /** For its place among the bodies of the crawl. */
  readonly ticket: RoomTicket;
}

export class PageFetcher {
  readonly #paging: Paging;
  readonly #pace: Pace;
  readonly #memory = new PageMemory();
  /** Pages by their items as they were written; of several alike, the first in the list. */
  readonly #firsts = new Map<string, number>();
  /** Items of pages that have those of another. */
  readonly #copies = new Map<number, number>();
  /** Of pages, and of what was wrong with each. */
  readonly #problems = new Map<number, Problem>();
  readonly #taken = new Set<number>();
  #totalProblem: Problem | undefined;

  /** @param group the calls of this crawl */
  constructor(
    private readonly group: CallGroup,
    private readonly asked: CrawlAsked,
  ) {
    this.#paging = pagingOf(asked);
    this.#pace = new Pace(asked.concurrency);
  }

  get frontier(): Frontier {
    return this.#paging.frontier;
  }

  next(): PageRequest | undefined {
    if (this.group.isOver || !this.#memory.hasRoom) return undefined;
    const request = this.frontier.next();
    if (request) this.#memory.begin();
    return request;
  }

  /** Once its items have gone, if it has any. */
  release({ page, bytes, content, ticket }: EndedPage): void {
    if (content) this.#taken.add(page);
    this.#memory.release(bytes);
    ticket.release();
  }

  /** Never rejects but for an error of ours. */
  async fetch(request: PageRequest): Promise<EndedPage> {
    const { page } = request;
    const timing = this.group.timing();
    const ticket = this.group.ticket();
    try {
      const answer = await this.#call(request, timing, ticket).finally(timing.end);
      const content = await this.group.lookThrough(answer.bytes, () => this.#read(request, answer));
      this.#memory.end(answer.bytes);
      return { page, bytes: answer.bytes, content, ticket };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#memory.end(0);
      ticket.release();
      this.fail(page, error);
      this.frontier.failed(request, error);
      return { page, bytes: 0, problem: error, ticket };
    }
  }

  #call(
    { page, url, linkedFrom, hasHeaders }: PageRequest,
    timing: Timing,
    ticket: RoomTicket,
  ): Promise<UpstreamAnswer> {
    const { headers = {}, timeoutMs } = this.asked;
    return this.group.call(
      {
        url,
        method: 'GET',
        headers: hasHeaders ? headers : {},
        body: undefined,
        timeoutMs,
        retries: PAGE_RETRIES,
        pace: this.#pace,
        expectsJson: true,
        ...(linkedFrom !== undefined && { linkedFrom }),
      },
      { pointer: '/url', part: { page }, ticket },
      timing,
    );
  }

  /** @throws Problem */
  #read(request: PageRequest, answer: UpstreamAnswer): PageItems {
    const { status, headers, body, url } = answer;
    if (!isSuccess(status)) throw statusProblem(status, headers['retry-after'], false);
    const content = itemsOf(body.text, this.asked.itemsPath);
    const said = this.#paging.read(answer);
    const { page } = request;
    const lacking = page === 1 ? this.#paging.lacking(said) : undefined;
    if (lacking)
      this.#totalProblem = new Problem(
        'UPSTREAM_INVALID',
        `The page has no whole number at ${lacking}; the list was followed to an empty or short page.`,
        { isLogged: true },
      );
    this.frontier.arrived(request, {
      ...said,
      url,
      count: content.count,
      sameAs: this.#sameAs(page, content),
    });
    return content;
  }

  #sameAs(page: number, { count, fingerprint }: PageItems): number | undefined {
    if (count === 0) return undefined;
    const known = this.#firsts.get(fingerprint);
    const first = Math.min(page, known ?? page);
    this.#firsts.set(fingerprint, first);
    if (known === undefined) return undefined;
    const copy = Math.max(page, known);
    this.#copies.set(copy, count);
    this.fail(
      copy,
      new Problem('PAGING_LOOP', `Page ${copy} has the items of page ${first} once more.`, {
        isLogged: true,
      }),
    );
    return known;
  }

  /** Lists a page as one that failed. */
  fail(page: number, problem: Problem): void {
    this.#problems.set(page, problem);
  }

  /** In the order of the list: those that it has, as far as is known. */
  get failedPages(): { page: number; problem: Problem }[] {
    const failed = [...this.#problems]
      .filter(([page]) => this.frontier.has(page))
      .map(([page, problem]) => ({ page, problem }))
      .sort((one, other) => one.page - other.page);
    return this.#totalProblem ? [{ page: 1, problem: this.#totalProblem }, ...failed] : failed;
  }

  /** Pages of the list whose items have gone. */
  get pages(): number {
    return [...this.#taken].filter((page) => this.frontier.has(page) && !this.#problems.has(page)).length;
  }

  /** Items that came once more, with a whole page. */
  get duplicates(): number {
    let items = 0;
    for (const [page, count] of this.#copies) if (this.frontier.has(page)) items += count;
    return items;
  }

  /** Whether all of the list was fetched. */
  get isComplete(): boolean {
    return this.frontier.isAtEnd && [...this.#problems.keys()].every((page) => !this.frontier.has(page));
  }
}
