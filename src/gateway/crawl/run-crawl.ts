/** A list that comes in pages, read as a whole: as many pages at once as its paging, its server and its reader allow. */
import type * as z from 'zod';
import { fanOut } from '../../outbound/fan-out.js';
import type { Outbound } from '../../outbound/outbound.js';
import type { OutboundCaller } from '../../outbound/outbound-call.js';
import { Problem, type ProblemCode } from '../../problem.js';
import type { ByteBudget } from '../byte-budget.js';
import { CallGroup, comesTooLate } from '../call-group.js';
import type { CrawlAsked, crawlSummarySchema } from './crawl.schema.js';
import { inPageOrder } from './in-page-order.js';
import { ItemSieve } from './item-sieve.js';
import { PageFetcher } from './page-fetcher.js';
import type { PageLedger } from './page-ledger.js';

type Summary = Omit<z.output<typeof crawlSummarySchema>, 'failedPages'> & {
  failedPages: { page: number; problem: object }[];
};

export interface CrawlOptions {
  /** Ends with the caller. */
  readonly caller: OutboundCaller;
  /** For the whole answer: a page whose items do not fit any more is left out, and the last one. */
  readonly budget: ByteBudget;
  /** An item as it goes out. */
  readonly written: (item: string) => string;
  /** Whether items come in the order of the list; else page by page as they come. */
  readonly isInOrder: boolean;
  /** What the caller is told of an error. */
  readonly toProblem: (error: unknown) => object;
}

/** Items are many in one text, as they were `written`. */
export type CrawlEvent = { readonly items: string } | { readonly summary: Summary };

/** Of the summary, and of one page that failed. */
const SUMMARY_BYTES = 1_000;

/** Where the first page cannot even be called, there is nothing to tell but that. */
const refusals: readonly ProblemCode[] = [
  'URL_INVALID',
  'TARGET_NOT_ALLOWED',
  'OUTBOUND_BUSY',
  'OUTBOUND_QUOTA_USED',
];

/**
 * @returns items, and in the end the summary; at the deadline, what there is
 * @throws Problem before anything else where the first page is refused; PAGING_LOOP after the items that came
 */
export async function* runCrawl(
  outbound: Outbound,
  asked: CrawlAsked,
  { caller, budget, written, isInOrder, toProblem }: CrawlOptions,
): AsyncGenerator<CrawlEvent, void, undefined> {
  const group = new CallGroup(outbound, caller, asked.timeoutMs);
  try {
    const fetcher = new PageFetcher(group, asked);
    const { frontier, ledger } = fetcher;
    const sieve = new ItemSieve({ ...asked, written, isStream: !isInOrder, isOver: () => group.isOver });
    let isCut = false;
    budget.takes(SUMMARY_BYTES);
    const ended = fanOut(
      () => fetcher.next(),
      asked.concurrency,
      (request) => fetcher.fetch(request),
    );
    for await (const page of isInOrder ? inPageOrder(ended) : ended) {
      const { content, problem } = page;
      if (page.page === 1 && problem && refusals.includes(problem.code)) throw problem;
      const isFresh = content !== undefined && ledger.isFresh(content);
      const texts = isFresh ? await sieve.take(content, (bytes) => budget.takes(bytes)) : [];
      for (const items of texts ?? []) yield { items };
      fetcher.release(page);
      const isLeftOut = texts === undefined;
      if (isLeftOut) ledger.fail(page.page, sieve.isTooLate ? comesTooLate() : budget.problem());
      // Where more pages are known, there is no need to look whether they have items.
      isCut = isLeftOut || sieve.hasMore || (sieve.isFull && frontier.unbegun().length > 0);
      if (isCut) break;
    }
    if (frontier.loop && !isCut) throw frontier.loop;
    if (group.isOver && !isCut) failUnbegun(fetcher);
    yield {
      summary: {
        ...counted(ledger, sieve, isCut),
        ...group.summary(),
        failedPages: told(ledger, toProblem, budget),
      },
    };
  } finally {
    group.end();
  }
}

function failUnbegun({ frontier, ledger }: PageFetcher): void {
  for (const page of frontier.unbegun())
    ledger.fail(
      page,
      new Problem('UPSTREAM_TIMEOUT', 'It was not fetched before the deadline of the crawl.', {
        isLogged: true,
      }),
    );
}

function counted(ledger: PageLedger, sieve: ItemSieve, isCut: boolean) {
  const { pages, isComplete } = ledger;
  const { items, duplicates } = sieve.counts;
  return {
    pages,
    items,
    duplicates: duplicates + ledger.duplicates,
    complete: isComplete && !isCut,
  };
}

/** As many as there is room for. */
function told(
  { failedPages }: PageLedger,
  toProblem: CrawlOptions['toProblem'],
  budget: ByteBudget,
): Summary['failedPages'] {
  const bodies = failedPages.map(({ page, problem }) => ({ page, problem: toProblem(problem) }));
  return bodies.filter(
    (body, index) => index === 0 || budget.takes(Buffer.byteLength(JSON.stringify(body)) + 1),
  );
}
