import { callers, during } from '../callers.js';
import { type Cell, type CellSample, cellOf, PART_ALONE, sampleCell } from '../cell.js';
import { cellsCharts } from '../cells-charts.js';
import { cellsTable, comparedCells } from '../cells-table.js';
import { findFastApi, MISSING_FASTAPI } from '../fastapi.js';
import { POOL } from '../handlers-loads.js';
import { inTurns } from '../in-turns.js';
import type { Scenario } from '../scenario.js';
import { startFareboxProcesses } from '../start-farebox.js';
import { figure } from '../statistics.js';
import { getRequest, type Subject } from '../subject.js';

/** V8 has compiled what it is going to after some thousand requests. */
const WARM_UP_MS = 4_000;
const COUNTS = [1, 2] as const;

const loads = [
  { what: '50 ms awaited', paths: { Farebox: '/asyncwait', FastAPI: '/asyncwait' } },
  { what: `50 ms in ${POOL} threads a process`, paths: { Farebox: '/wait', FastAPI: '/wait' } },
  {
    what: 'fib(25) on the event loop',
    paths: { Farebox: '/lab/fib/25?style=blocking', FastAPI: '/blockingfib/25' },
  },
] as const;
type Load = (typeof loads)[number];

interface Running {
  subject: Subject;
  processes: number;
}

export const scenario: Scenario<Cell> = {
  question: 'What does a second process bring, and to which kind of work?',
  table: cellsTable,
  charts: cellsCharts,
  compared: comparedCells,
  async run({ rounds, durationMs, connections, isQuick }, progress) {
    const fastApi = findFastApi();
    const running: Running[] = [];
    try {
      for (const processes of COUNTS) {
        const options = { threads: POOL, processes };
        running.push({
          processes,
          // No request is refused for a loop that is late: FastAPI refuses none.
          subject: await startFareboxProcesses({ ...options, env: { MAX_LOOP_DELAY_MS: '0' } }),
        });
        if (fastApi.product) running.push({ processes, subject: await fastApi.start(options) });
      }
      const samples = new Map<Load, Map<Running, CellSample[]>>(
        loads.map((load) => [load, new Map(running.map((it) => [it, []]))]),
      );
      for (let round = -1; round < rounds; round += 1)
        for (const [at, [load, ofLoad]] of [...samples].entries()) {
          for (const it of inTurns(running, round)) {
            const ms = round < 0 && !isQuick ? WARM_UP_MS : durationMs;
            const { p50Ms: aloneMs } = await sampleOf(it.subject, load, 1, PART_ALONE * ms);
            const sample = await sampleOf(it.subject, load, connections, ms);
            if (round >= 0) ofLoad.get(it)?.push({ ...sample, aloneMs });
          }
          if (round >= 0) progress(round * loads.length + at + 1, rounds * loads.length);
        }
      return {
        conditions: {
          peer: fastApi.product ?? 'none',
          threadsOfEachProcess: POOL,
          connections,
          rounds,
          durationMs,
          farebox: 'production, WEB_CONCURRENCY, a log line a request; load shedding off',
        },
        rows: [...samples].flatMap(([load, ofLoad]) => rowsOf(load, ofLoad)),
        missing: fastApi.product ? [] : [MISSING_FASTAPI],
      };
    } finally {
      for (const { subject } of running) await subject.stop();
    }
  },
};

const sampleOf = (subject: Subject, { paths }: Load, connections: number, ms: number): Promise<CellSample> =>
  sampleCell(subject, () =>
    callers({
      port: subject.port,
      request: getRequest(subject, paths[subject.name as keyof typeof paths]),
      callers: connections,
      goesOn: during(ms),
    }),
  );

/** Several are beside one of the same side. */
function rowsOf({ what }: Load, ofLoad: Map<Running, CellSample[]>): Cell[] {
  return [...ofLoad].map(([{ subject, processes }, samples]) => {
    const one = [...ofLoad].find(([it]) => it.subject.name === subject.name && it.processes === 1)?.[1] ?? [];
    return cellOf(
      {
        what: `${what}, ${processes} ${processes === 1 ? 'process' : 'processes'}`,
        side: subject.name,
        ...(processes > 1 && {
          beside: {
            of: "one process's rate",
            part: figure(
              samples.map(({ perSecond }, round) => perSecond / (one[round] as CellSample).perSecond),
            ),
            better: 'more' as const,
          },
        }),
      },
      samples,
    );
  });
}
