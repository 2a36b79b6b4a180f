import { aloneMsOf, type Cell, type CellSample, cellOf, sampleCell } from '../cell.js';
import { cellsCharts } from '../cells-charts.js';
import { cellsTable, comparedCells } from '../cells-table.js';
import { findFastApi, MISSING_FASTAPI } from '../fastapi.js';
import { inTurns } from '../in-turns.js';
import { openLoop } from '../open-loop.js';
import { RawConnection } from '../raw-connection.js';
import type { Scenario } from '../scenario.js';
import { startFarebox } from '../start-farebox.js';
import { figure } from '../statistics.js';
import { getRequest, type Subject } from '../subject.js';

/** Far from what the server can do, and 300 of them make a p99 in three seconds. */
const PER_SECOND = 100;
/** All that can be due while a loop is held for some seconds; no more than Node.js lets wait to be accepted. */
const CONNECTIONS = 500;
/** What a wait beside a neighbour may take, at p99, of the same alone. */
const MOST_OF_IDLE = 1.5;
const THREADS = 4;

/** What one other caller asks for, again and again. */
interface Neighbour {
  what: string;
  path?: string;
  /** Whether waits have to hold beside it. */
  mustHold?: boolean;
}

const ALONE: Neighbour = { what: 'alone' };
const WAIT = '/asyncwait';
const neighbours: Record<string, readonly Neighbour[]> = {
  Farebox: [
    ALONE,
    { what: 'fib(42) in a worker thread', path: '/lab/fib/42?style=worker', mustHold: true },
    { what: 'fib(32), awaiting each call', path: '/lab/fib/32?style=async' },
    { what: 'fib(42), blocking', path: '/lab/fib/42?style=blocking' },
  ],
  // What takes JavaScript seconds takes Python a minute: with a smaller n, again and again, it holds as much of the process.
  FastAPI: [
    ALONE,
    { what: 'fib(32) in a thread', path: '/fib/32' },
    { what: 'fib(32), awaiting each call', path: '/asyncfib/32' },
    { what: 'fib(32), blocking', path: '/blockingfib/32' },
  ],
};

export const scenario: Scenario<Cell> = {
  question: 'What becomes of requests that only wait, while another caller of the same process computes?',
  table: cellsTable,
  charts: cellsCharts,
  compared: comparedCells,
  broken: (cells) =>
    cells
      .filter(({ side, what }) => neighbours[side]?.some((it) => it.mustHold && what.endsWith(it.what)))
      .filter(({ beside }) => beside !== undefined && beside.part.median > MOST_OF_IDLE)
      .map(
        ({ what, beside }) =>
          `${what}: ${beside?.part.median.toFixed(2)} of the p99 alone, not ${MOST_OF_IDLE}`,
      ),
  async run({ rounds, durationMs }, progress) {
    const fastApi = findFastApi();
    const subjects: Subject[] = [];
    try {
      // By default it would refuse most of what comes while its loop is late: the waiting is to be seen.
      subjects.push(await startFarebox({ threads: THREADS, env: { MAX_LOOP_DELAY_MS: '0' } }));
      if (fastApi.product) subjects.push(await fastApi.start({ threads: THREADS }));
      const loads = subjects.flatMap((subject) =>
        (neighbours[subject.name] ?? []).map((neighbour) => ({
          subject,
          neighbour,
          samples: [] as CellSample[],
        })),
      );
      for (const { subject, neighbour } of loads) await measured(subject, neighbour, durationMs / 4);
      for (let round = 0; round < rounds; round += 1)
        for (const [at, { subject, neighbour, samples }] of inTurns(loads, round).entries()) {
          samples.push(await measured(subject, neighbour, durationMs));
          progress(round * loads.length + at + 1, rounds * loads.length);
        }
      return {
        conditions: {
          peer: fastApi.product ?? 'none',
          waitsASecond: PER_SECOND,
          whetherOrNotTheLastIsAnswered: true,
          rounds,
          durationMs,
          threads: THREADS,
          farebox: 'production, a log line a request; load shedding off',
        },
        rows: loads.map(({ subject, neighbour, samples }) => {
          const alone =
            loads.find((load) => load.subject === subject && load.neighbour === ALONE)?.samples ?? [];
          return cellOf(
            {
              what: `waits of 50 ms beside: ${neighbour.what}`,
              side: subject.name,
              aloneMs: aloneMsOf(alone),
              ...(neighbour !== ALONE && {
                beside: {
                  of: 'the p99 alone',
                  part: figure(samples.map(({ p99Ms }, round) => p99Ms / (alone[round] as CellSample).p99Ms)),
                  better: 'less' as const,
                },
              }),
            },
            samples,
          );
        }),
        missing: fastApi.product ? [] : [MISSING_FASTAPI],
      };
    } finally {
      for (const subject of subjects) await subject.stop();
    }
  },
};

async function measured(subject: Subject, { path }: Neighbour, durationMs: number): Promise<CellSample> {
  const neighbour = path === undefined ? undefined : await again(subject, path);
  try {
    return await sampleCell(subject, async () => {
      const startedMs = performance.now();
      const seen = await openLoop({
        port: subject.port,
        perSecond: PER_SECOND,
        durationMs,
        connections: CONNECTIONS,
        request: getRequest(subject, WAIT),
      });
      const answered = seen.answers.filter(({ status }) => status === 200);
      return {
        seconds: durationMs / 1_000,
        // Without any answer all have lasted until now.
        durationsMs:
          answered.length > 0 ? answered.map((answer) => answer.durationMs) : [performance.now() - startedMs],
        failed: seen.due - answered.length,
      };
    });
  } finally {
    await neighbour?.stop();
  }
}

/** Asks for it, and when it is answered again, until it is told to stop; the last is waited for. */
async function again(subject: Subject, path: string) {
  const connection = await RawConnection.open(subject.port);
  const request = getRequest(subject, path);
  let isOver = false;
  const asked = (async () => {
    while (!isOver) await connection.ask(request).catch(() => (isOver = true));
  })();
  return {
    stop: async () => {
      isOver = true;
      await asked;
      connection.close();
    },
  };
}
