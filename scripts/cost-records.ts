/** Loads that show what costs what, priced by src/cost: kept in bench/results/cost.json, shown in README.md and docs/cost.md. */
import type { Load } from '../src/cost/load.js';
import { type PlatformCost, priceLoad } from '../src/cost/price-load.js';
import { prices } from '../src/cost/prices.js';

const MILLION = 1_000_000;
const MANY = 1_000 * MILLION;
/** What Cloud Run lets an instance of one vCPU serve at a time by default (docs.cloud.google.com/run/docs/about-concurrency). */
const SHARED = 80;
const HALF_A_GB = 512;

/** As the bench writes it. */
export interface FanOut {
  date: string;
  rows: { what: string; tookMs: { median: number } }[];
}

interface Case {
  what: string;
  load: Load;
}

const waits = { durationMs: 50, memoryMb: HALF_A_GB, requests: MILLION };

/** @param fanOut what five calls of 3 s took here; the tutorials have measured 15.26 s and 3.24 s */
export const costRecords = (fanOut: FanOut) => ({
  computed: 'cost',
  question:
    'What does a load cost on every platform known; what does fan-out change of it, and what the way of waiting?',
  command: 'npm run generate',
  pricesReadOn: prices.readOn,
  leapcell: [1, SHARED].map((concurrency) =>
    priced({
      what: `6.94 million requests of 60 ms at ${HALF_A_GB} MB, ${concurrency} at a time in an instance that can be shared`,
      load: { ...waits, durationMs: 60, requests: 6_940_000, concurrency },
    }),
  ),
  fanOut: [
    { by: 'the tutorials’ client', how: 'one after the other', durationMs: 15_260 },
    { by: 'the tutorials’ client', how: 'all at once', durationMs: 3_240 },
    ...['sequential', 'concurrent'].map((strategy, index) => ({
      by: `Farebox, median, ${fanOut.date.slice(0, 10)}`,
      how: ['one after the other', 'all at once'][index] as string,
      durationMs: tookMs(fanOut, strategy),
    })),
  ].map(({ by, how, durationMs }) =>
    priced({
      what: `5 calls of 3 s, ${how}, as measured by ${by}`,
      load: { ...waits, durationMs },
    }),
  ),
  waitStyles: [MILLION, MANY].flatMap((requests) => [
    priced({ what: 'style blocking, one at a time', load: { ...waits, requests, concurrency: 1 } }),
    priced({
      what: `style async, ${SHARED} at a time in an instance that can be shared`,
      load: { ...waits, requests, concurrency: SHARED },
    }),
  ]),
});

export type CostRecords = ReturnType<typeof costRecords>;
export type PricedCase = ReturnType<typeof priced>;

function priced({ what, load }: Case) {
  // Sources and notes are in src/cost and docs/cost.md, once.
  const platforms = priceLoad(load).map(
    ({ notes: _notes, source: _source, readOn: _readOn, ...bill }) => bill,
  );
  return { what, load, platforms };
}

function tookMs({ rows }: FanOut, strategy: string): number {
  const row = rows.find(({ what }) => what === `5 calls of 3 s by batch, ${strategy}`);
  if (!row) throw new Error(`bench/results/fan-out.json has no five calls made ${strategy}`);
  return row.tookMs.median;
}

/** @throws Error where there is none of that name */
export function bill(
  { platforms }: PricedCase,
  id: string,
): Omit<PlatformCost, 'notes' | 'source' | 'readOn'> {
  const found = platforms.find((platform) => platform.id === id);
  if (!found) throw new Error(`no platform ${id}`);
  return found;
}
