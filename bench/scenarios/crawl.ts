import { call } from '../client.js';
import { crawlMs, pageDelaysMs } from '../page-delays.js';
import { timesCharts, timesCompared } from '../parts-charts.js';
import type { Scenario } from '../scenario.js';
import { type Gateway, startGateway } from '../start-gateway.js';
import { type Simulator, startSimulator } from '../start-simulator.js';
import { brokenTimes, type TimedRound, type TimedRow, timedRow, timesTable } from '../times-table.js';

const PAGES = 50;
const SIZE = 500;
const ITEMS = PAGES * SIZE;
/** Of each page: this, and as much again at most. */
const DELAY_MS = 4_000;
/** No crawl has more time (`timeoutMs`): what takes longer is made as much shorter as it says. */
const TIMEOUT_MS = 25_000;
/** At once, whatever a page's delay is. */
const FAULTS = { fault: '7:429,19:429,31:429,43:500', retryAfter: '1' };

interface Way {
  what: string;
  concurrency: number;
  /** The delays, divided by this. */
  scale: number;
  faults?: typeof FAULTS;
  beside: string;
  atMostPart?: number;
}

const ways: readonly Way[] = [
  {
    what: 'all at once',
    concurrency: PAGES,
    scale: 1,
    beside: 'first page and slowest of the rest',
    atMostPart: 1.05,
  },
  {
    what: '10 at a time',
    concurrency: 10,
    scale: 2,
    beside: 'first page and list scheduling of the rest',
    atMostPart: 1.1,
  },
  {
    what: `all at once, three of them 429 (Retry-After: ${FAULTS.retryAfter}) and one 500 at first`,
    concurrency: PAGES,
    scale: 1,
    faults: FAULTS,
    beside: 'first page and slowest of the rest',
  },
  { what: 'one by one', concurrency: 1, scale: 20, beside: 'sum of all pages' },
];

export const scenario: Scenario<TimedRow> = {
  question: `How long does a crawl of ${PAGES} pages of ${SIZE} items take beside what it has to wait for, and does it have each item once?`,
  table: timesTable,
  charts: timesCharts,
  compared: timesCompared,
  broken: brokenTimes,
  async run({ rounds }, progress) {
    const simulator = await startSimulator();
    try {
      const gateway = await startGateway([simulator.port], { OUTBOUND_HOST_CONCURRENCY: '64' });
      try {
        // What is loaded on first use.
        await crawl(gateway, simulator, { ...ways[0], scale: 400 } as Way, 'warm-up');
        const measured = ways.map((): TimedRound[] => []);
        for (let round = 1; round <= rounds; round += 1)
          for (const [index, way] of ways.entries()) {
            // Other delays in each round.
            measured[index]?.push(await crawl(gateway, simulator, way, `${index}-${round}`));
            progress((round - 1) * ways.length + index + 1, rounds * ways.length);
          }
        return {
          conditions: {
            mode: 'production, rate limits off, a log line a call',
            pages: PAGES,
            itemsAPage: SIZE,
            uniqueItemsOfEachCrawl: ITEMS,
            OUTBOUND_HOST_CONCURRENCY: 64,
            rounds,
          },
          rows: ways.map((way, index) =>
            timedRow(
              {
                what: `${way.what}, ${secondsOf(way)} s a page${way.scale === 1 ? '' : ` (1/${way.scale} of ${secondsOf({ scale: 1 })}, to end within ${TIMEOUT_MS / 1_000} s)`}`,
                beside: way.beside,
                ...(way.atMostPart !== undefined && { atMostPart: way.atMostPart }),
              },
              measured[index] as TimedRound[],
            ),
          ),
        };
      } finally {
        await gateway.stop();
      }
    } finally {
      await simulator.stop();
    }
  },
};

const secondsOf = ({ scale }: { scale: number }) =>
  `${DELAY_MS / scale / 1_000}–${(2 * DELAY_MS) / scale / 1_000}`;

/** @throws Error when it has not each item once, in order, or a page is missing */
async function crawl(
  { url: gateway, token }: Gateway,
  simulator: Simulator,
  { concurrency, scale, faults, what }: Way,
  seed: string,
): Promise<TimedRound> {
  const plan = { pages: PAGES, delayMs: DELAY_MS / scale, jitterMs: DELAY_MS / scale, seed };
  const query = new URLSearchParams({
    total: `${ITEMS}`,
    delay: `${plan.delayMs}`,
    jitter: `${plan.jitterMs}`,
    seed,
    ...faults,
  });
  const { status, body, durationMs } = await call(`${gateway}/v1/outbound/crawl`, {
    method: 'POST',
    token,
    body: {
      url: `${simulator.url}/sim/pages?${query}`,
      paging: { style: 'page', param: 'page', start: 1, sizeParam: 'size', size: SIZE, totalPath: '/total' },
      itemsPath: '/items',
      uniqueBy: '/id',
      concurrency,
      maxPages: PAGES,
      timeoutMs: TIMEOUT_MS,
    },
  });
  const { items = [], summary } = JSON.parse(body) as { items?: { id: number }[]; summary?: object };
  const isWhole = items.length === ITEMS && items.every(({ id }, index) => id === index + 1);
  if (status !== 200 || !isWhole)
    throw new Error(
      `${what}: ${status}, ${new Set(items.map(({ id }) => id)).size} unique items: ${JSON.stringify(summary)?.slice(0, 1_000)}`,
    );
  return { tookMs: durationMs, besideMs: crawlMs(pageDelaysMs(plan), concurrency) };
}
