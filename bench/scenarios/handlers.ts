import { asManyAs, callers } from '../callers.js';
import { aloneMsOf, type Cell, type CellSample, cellOf, sampleCell } from '../cell.js';
import { cellsCharts } from '../cells-charts.js';
import { cellsTable, comparedCells } from '../cells-table.js';
import { findFastApi, MISSING_FASTAPI } from '../fastapi.js';
import { callsOf, idealOf, LEFT_OUT, modes, POOL, type Route, routes } from '../handlers-loads.js';
import { inTurns } from '../in-turns.js';
import type { Scenario } from '../scenario.js';
import { startBare } from '../start-bare.js';
import { startFarebox } from '../start-farebox.js';
import { figure } from '../statistics.js';
import { getRequest, type Subject } from '../subject.js';
import { tutorialsLine } from '../tutorials-line.js';
import { winnerOf } from '../winner.js';

/** V8 has compiled what it is going to, threads are started, connections to the database open. */
const WARM_UP_CALLS = 10_000;
const QUICK_CALLS = 10;
const WARM_UP_MS = { wait: 6_000, work: 2_000 };
const MOST_CALLERS = Math.max(...modes.map(({ callers }) => callers));

interface Load {
  route: Route;
  mode: string;
  callers: number;
  /** As the tutorials count: of each round, or of all rounds together where it is cut into them. */
  count: number;
  calls: number;
}

export const scenario: Scenario<Cell> = {
  question:
    "What do the tutorials' clients get of each kind of handler: one by one, by a pool of threads, and all at once; from Farebox and from FastAPI?",
  table: cellsTable,
  charts: cellsCharts,
  compared: comparedCells,
  lines: (cells) => cells.map(tutorialsLine),
  broken: (cells) => cells.flatMap(brokenOf),
  async run({ rounds, isQuick }, progress) {
    const fastApi = findFastApi();
    const subjects: Subject[] = [];
    try {
      // No request is refused for a loop that is late, nor because the question who asks waited for it: FastAPI refuses none.
      const env = { MAX_LOOP_DELAY_MS: '0', DATABASE_TIMEOUT_MS: '25000' };
      subjects.push(await startFarebox({ threads: POOL, env }));
      if (fastApi.product)
        for (const isBare of [false, true]) subjects.push(await fastApi.start({ threads: POOL, isBare }));
      subjects.push(await startBare('node:http', '../peers/waits-http'));
      subjects.push(await startBare('Fastify', '../peers/waits-fastify'));
      const loads = loadsOf(rounds, isQuick === true);
      await warmUp(subjects, isQuick === true);
      const samples = new Map<Load, Map<Subject, CellSample[]>>();
      for (let round = 0; round < rounds; round += 1)
        for (const [at, load] of loads.entries()) {
          const ofLoad = samples.get(load) ?? new Map(sidesOf(load, subjects).map((side) => [side, []]));
          samples.set(load, ofLoad);
          for (const subject of inTurns([...ofLoad.keys()], round))
            ofLoad.get(subject)?.push(await sampleOf(subject, load));
          progress(round * loads.length + at + 1, rounds * loads.length);
        }
      return {
        conditions: {
          peer: fastApi.product ?? 'none',
          poolOfBothSides: POOL,
          rounds,
          client: 'one process, bare sockets, kept connections that are open before the clock starts',
          peers: "FastAPI with the tutorials' X-Process-Time, which Farebox sends too; bare ones without",
          farebox: 'production, a log line a request, its checks and headers; load shedding off',
          leftOut: LEFT_OUT,
        },
        rows: loads.flatMap((load) => cellsOf(load, samples.get(load) ?? new Map(), samples)),
        missing: fastApi.product ? [] : [MISSING_FASTAPI],
      };
    } finally {
      for (const subject of subjects) await subject.stop();
    }
  },
};

/** What may be cut is cut, so that each side has its turn often. */
function loadsOf(rounds: number, isQuick: boolean): Load[] {
  return routes.flatMap((route) =>
    route.counts
      .filter((count) => !isQuick || count === Math.min(...route.counts))
      .flatMap((count) =>
        modes
          .filter(({ callers }) => callers === 1 || !route.isAloneOnly)
          .map(({ mode, callers }) => {
            const calls = isQuick
              ? Math.min(callers, QUICK_CALLS)
              : callsOf(route, { count, callers, rounds });
            return { route, mode, callers, count: isQuick ? calls : count, calls };
          }),
      ),
  );
}

/** The bare servers are beside the others where the most is asked of all; and once where one asks, for what that takes alone. */
const sidesOf = ({ route, callers, count }: Load, subjects: readonly Subject[]): Subject[] =>
  subjects
    .filter(({ name }) => route.sides.some((side) => side === name))
    .filter(
      ({ name }) =>
        name === 'Farebox' ||
        name === 'FastAPI' ||
        callers === MOST_CALLERS ||
        (callers === 1 && count <= Math.min(...route.counts)),
    );

const pathOf = ({ path, paths }: Route, { name }: Subject): string =>
  paths?.[name as keyof typeof paths] ?? path;

async function warmUp(subjects: readonly Subject[], isQuick: boolean): Promise<void> {
  for (const route of routes)
    for (const subject of subjects.filter(({ name }) => route.sides.some((side) => side === name))) {
      const isWait = route.width !== undefined && !route.isTrap;
      const untilMs = performance.now() + (isQuick ? 100 : WARM_UP_MS[isWait ? 'wait' : 'work']);
      await callers({
        port: subject.port,
        request: getRequest(subject, pathOf(route, subject)),
        callers: isWait ? MOST_CALLERS : 1,
        goesOn: (sent) => sent < WARM_UP_CALLS && performance.now() < untilMs,
      });
    }
}

const sampleOf = (subject: Subject, { route, callers: atOnce, calls }: Load): Promise<CellSample> =>
  sampleCell(subject, () =>
    callers({
      port: subject.port,
      request: getRequest(subject, pathOf(route, subject)),
      callers: Math.min(atOnce, calls),
      goesOn: asManyAs(calls),
    }),
  );

type Samples = Map<Load, Map<Subject, CellSample[]>>;

function cellsOf(load: Load, ofLoad: Map<Subject, CellSample[]>, all: Samples): Cell[] {
  const { route, mode, callers, count, calls } = load;
  const ideal = idealOf(route, callers, calls);
  const rates = (name: string) =>
    [...ofLoad].find(([side]) => side.name === name)?.[1].map(({ perSecond }) => perSecond);
  const [ours, theirs] = [rates('Farebox'), rates('FastAPI')];
  return [...ofLoad].map(([subject, samples]) =>
    cellOf(
      {
        what: `${route.path}, ${mode}, n=${count}`,
        side: subject.name,
        aloneMs: aloneMs(route, subject, all),
        ...(ideal !== undefined && { ideal }),
        ...(ours &&
          theirs &&
          subject.name === 'Farebox' && {
            beside: {
              of: "FastAPI's rate",
              part: figure(ours.map((rate, round) => rate / (theirs[round] as number))),
              better: 'more' as const,
            },
            ...(!route.isTrap && {
              winner: winnerOf(figure(ours), figure(theirs), {
                rounds: ours.length,
                better: 'more',
                ...(ideal !== undefined && { ideal }),
              }),
            }),
          }),
      },
      samples,
    ),
  );
}

/** What a request of this kind takes where no other is beside it: each side was asked one by one. */
const aloneMs = (route: Route, subject: Subject, all: Samples): number =>
  aloneMsOf([...all].find(([load]) => load.route === route && load.callers === 1)?.[1].get(subject) ?? []);

const LAW = 0.95;

function brokenOf({ what, side, winner, ideal, perSecond }: Cell): string[] {
  if (side !== 'Farebox') return [];
  // To await each call costs V8 a turn of its queue, and Python next to nothing: shown, and not to be mended here.
  const isOurs = !what.startsWith('/asyncfib');
  const isLaw = what.startsWith('/wait, async') && ideal !== undefined && what.endsWith('n=1000');
  return [
    ...(winner === 'behind' && isOurs ? [`${what}: behind FastAPI`] : []),
    ...(isLaw && perSecond.median < LAW * ideal
      ? [`${what}: ${perSecond.median.toFixed(0)} requests/s, further than 5 % from ${ideal} of its law`]
      : []),
  ];
}
