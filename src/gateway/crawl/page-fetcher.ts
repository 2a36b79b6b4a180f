/** Fetches the pages of one crawl, and reads what each says. */
import type { UpstreamAnswer } from '../../outbound/outbound-call.js';
import { Pace } from '../../outbound/pace.js';
import type { RoomTicket } from '../../outbound/reading-room.js';
import { isSuccess } from '../../outbound/status.js';
import { Problem } from '../../problem.js';
import type { CallGroup } from '../call-group.js';
import { statusProblem } from '../status-problem.js';
import type { Timing } from '../timings.js';
import type { CrawlAsked } from './crawl.schema.js';
import type { Frontier, PageRequest } from './frontier.js';
import { PageLedger } from './page-ledger.js';
import { PageMemory } from './page-memory.js';
import { type Paging, pagingOf } from './paging.js';
import { itemsOf, noItems, type PageItems, pageInvalid } from './read-page.js';

/** Pages are read, never written: as often as any call may be (`retries` of an item). */
const PAGE_RETRIES = 5;

/** RFC 9110, 15.3.5: as good as a page without items. */
const NO_CONTENT = 204;
const noValue = { encoding: 'json', text: 'null' } as const;

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
  readonly ledger: PageLedger;

  /** @param group the calls of this crawl */
  constructor(
    private readonly group: CallGroup,
    private readonly asked: CrawlAsked,
  ) {
    this.#paging = pagingOf(asked);
    this.ledger = new PageLedger(this.frontier);
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
    if (content) this.ledger.take(page);
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
      this.ledger.fail(page, error);
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
        mayHaveNoContent: true,
        ...(linkedFrom !== undefined && { linkedFrom }),
      },
      { pointer: '/url', part: { page }, ticket },
      timing,
    );
  }

  /** @throws Problem */
  #read(request: PageRequest, answer: UpstreamAnswer): PageItems {
    const { page } = request;
    const { status, headers, body, url } = answer;
    if (!isSuccess(status)) throw statusProblem(status, headers['retry-after'], false);
    const hasContent = status !== NO_CONTENT;
    const content = hasContent ? itemsOf(body.text, this.asked.itemsPath) : noItems;
    const said = this.#said(page, hasContent ? answer : { ...answer, body: noValue });
    const lacking = page === 1 && hasContent ? this.#paging.lacking(said) : undefined;
    if (lacking)
      this.ledger.remark(
        pageInvalid(`has no whole number at ${lacking}; the list was followed to an empty or short page`),
      );
    const { count } = content;
    const problem = this.frontier.arrived(request, {
      ...said,
      url,
      count,
      sameAs: this.ledger.sameAs(page, content),
    });
    if (problem && count === 0) this.ledger.fail(page, problem);
    else if (problem) this.ledger.doubt(page, problem);
    return content;
  }

  /** Where the way on cannot be read, the items stand. */
  #said(page: number, answer: UpstreamAnswer): ReturnType<Paging['read']> {
    try {
      return this.#paging.read(answer);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.ledger.doubt(page, error);
      return {};
    }
  }
}
