import { isDeepStrictEqual } from 'node:util';
import { type BenchEngine, benchEngines, openBenchDatabases } from '../bench-databases.js';
import { callers, during } from '../callers.js';
import { type Cell, type CellSample, cellOf, PART_ALONE, sampleCell } from '../cell.js';
import { cellsCharts } from '../cells-charts.js';
import { cellsTable, comparedCells } from '../cells-table.js';
import { call, password } from '../client.js';
import { inTurns } from '../in-turns.js';
import type { Figures, Scenario, Settings } from '../scenario.js';
import { findFastApiUsers, MISSING_FASTAPI_USERS } from '../start-fastapi-users.js';
import { figure } from '../statistics.js';
import type { Subject } from '../subject.js';
import {
  CALLERS,
  fillUsers,
  makeTokens,
  POOL_MAX,
  type SideName,
  startUsersSide,
  USERS,
} from '../users-sides.js';
import { winnerOf } from '../winner.js';

const LIST_LIMIT = 20;
/** Of each round, not counted. */
const WARM_UP_MS = 300;
/** All sides' code is compiled (Farebox takes 0.45 ms of processor time a list in its third second, 0.30 in its sixth), their connections are open, their pages in memory. */
const FIRST_ROUND_MS = 4_000;
/** What the rounds make, and are rid of after each, begins with it. */
const MADE = 'bench-';

interface Request {
  name: string;
  expected: number;
  /** Line and body of the next one. */
  next(ids: readonly string[]): { line: string; body?: object };
  /** On PostgreSQL: of the bare side's rate at least this part, and so many times FastAPI's. */
  leastPart?: number;
  leastTimesFastApi?: number;
}

let turn = 0;
const cycled = (values: readonly string[]) => values[turn++ % values.length] as string;

const requests: readonly Request[] = [
  {
    name: 'get',
    expected: 200,
    next: (ids) => ({ line: `GET /v1/users/${cycled(ids)}` }),
    leastPart: 0.65,
    leastTimesFastApi: 3,
  },
  {
    name: `list ${LIST_LIMIT}`,
    expected: 200,
    next: () => ({ line: `GET /v1/users?limit=${LIST_LIMIT}` }),
    leastPart: 0.8,
  },
  {
    name: 'create',
    expected: 201,
    next: () => ({
      line: 'POST /v1/users',
      body: { email: `${MADE}${turn++}@example.org`, name: 'Ada Lovelace', password },
    }),
  },
  {
    name: 'patch',
    expected: 200,
    next: (ids) => ({ line: `PATCH /v1/users/${cycled(ids)}`, body: { name: `Ada Lovelace ${turn}` } }),
    leastPart: 0.6,
  },
];

/** As a client with a token would send it; all sides get the same. */
function wire({ line, body }: ReturnType<Request['next']>, token: string): string {
  const text = body === undefined ? '' : JSON.stringify(body);
  const content =
    body === undefined ? '' : `Content-Type: application/json\r\nContent-Length: ${text.length}\r\n`;
  return `${line} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nAuthorization: Bearer ${token}\r\n${content}\r\n${text}`;
}

export const scenario: Scenario<Cell> = {
  table: cellsTable,
  part: ({ side, beside }) =>
    (side === 'Farebox' ? beside?.part.median : undefined) ?? Number.POSITIVE_INFINITY,
  charts: cellsCharts,
  compared: comparedCells,
  question:
    'What does the whole service cost beside bare servers that make the same check and answer the same from the same rows?',
  broken: (cells) => cells.filter(({ what }) => what.startsWith('PostgreSQL')).flatMap(brokenOf),
  async run(settings, progress) {
    const rows: Cell[] = [];
    const engines = benchEngines();
    const fastApi = findFastApiUsers();
    const perEngine = requests.length * (1 + settings.rounds);
    for (const [index, engine] of engines.entries())
      rows.push(
        ...(await ofEngine(engine, fastApi?.python, settings, (done) =>
          progress(index * perEngine + done, engines.length * perEngine),
        )),
      );
    const conditions = {
      users: USERS,
      poolMax: POOL_MAX,
      callers: '99 admins, each with a token of their own',
      check:
        'each token verified, who it is of at most 1 s old for a read, read for a write; Farebox remembers what it has verified',
      hashing: 'none on any side: every new user gets the same hash',
      logs: 'Farebox and FastAPI a line a request, to nowhere; bare none',
      fastApi: fastApi?.product ?? MISSING_FASTAPI_USERS,
      firstRoundMs: FIRST_ROUND_MS,
      warmUpMs: WARM_UP_MS,
      partOfEachRoundByOneCaller: PART_ALONE,
      ...settings,
    };
    return { conditions, rows, missing: fastApi ? [] : [MISSING_FASTAPI_USERS] } satisfies Figures<Cell>;
  },
};

function brokenOf({ what, side, beside }: Cell): string[] {
  const { leastPart = 0, leastTimesFastApi = 0 } =
    requests.find(({ name }) => what.endsWith(`, ${name}`)) ?? {};
  if (side === 'bare' || !beside) return [];
  const [is, least, of] =
    side === 'Farebox'
      ? [beside.part.median, leastPart, "of the bare server's requests a second"]
      : [1 / beside.part.median, leastTimesFastApi, "times FastAPI's"];
  return is < least ? [`${what} at least ${least} ${of}: ${is.toFixed(2)}`] : [];
}

type Sides = Partial<Record<SideName, Subject>>;

async function ofEngine(
  engine: BenchEngine,
  python: string | undefined,
  settings: Settings,
  progress: (done: number) => void,
): Promise<Cell[]> {
  const databases = await openBenchDatabases(engine);
  const sides: Sides = {};
  // FastAPI shares the bare server's database: they have no rounds at the same time.
  const urlOf = (name: SideName) => databases.urls[name === 'Farebox' ? 0 : 1];
  try {
    for (const url of databases.urls) {
      fillUsers(url);
      await databases.query(url, `UPDATE "User" SET "role" = 'admin' WHERE "email" LIKE '${CALLERS}'`);
    }
    const names: SideName[] = [
      'Farebox',
      'bare',
      ...(engine === 'postgresql' && python ? (['FastAPI'] as const) : []),
    ];
    for (const name of names) sides[name] = await startUsersSide(name, urlOf(name), python);
    const idsOf = async (email: string) =>
      (
        await databases.query(
          urlOf('bare'),
          `SELECT "id" FROM "User" WHERE "email" LIKE '${email}' ORDER BY "id"`,
        )
      ).map(({ id }) => id as string);
    const ids = await idsOf('seed-%');
    const callers = await idsOf(CALLERS);
    const [token] = await makeTokens(callers.slice(0, 1));
    await compareAnswers(sides, ids[0] as string, token as string);
    const clean = (name: SideName) =>
      databases.query(urlOf(name), `DELETE FROM "User" WHERE "email" LIKE '${MADE}%'`);
    return await measure(databases.product, { sides, ids, callers, clean }, settings, progress);
  } finally {
    for (const side of Object.values(sides)) await side.stop();
    await databases.remove();
  }
}

/** @throws Error where they do not answer the same */
async function compareAnswers(sides: Sides, id: string, token: string): Promise<void> {
  for (const path of [`/v1/users/${id}`, `/v1/users?limit=${LIST_LIMIT}`]) {
    const answers = await Promise.all(
      Object.values(sides).map(async ({ port }) => {
        const { body, headers } = await call(`http://127.0.0.1:${port}${path}`, { token });
        const { nextCursor, ...rest } = JSON.parse(body, inMilliseconds);
        return { ...rest, hasCursor: typeof nextCursor === 'string', etag: headers.etag };
      }),
    );
    const other = answers.find((answer) => !isDeepStrictEqual(answer, answers[0]));
    if (other)
      throw new Error(
        `the sides answer ${path} differently: ${JSON.stringify(answers[0])} and ${JSON.stringify(other)}`,
      );
  }
}

/** An instant means the same with an offset or without, with its milliseconds or without. */
const inMilliseconds = (name: string, value: unknown): unknown =>
  /At$/.test(name) ? Date.parse(`${String(value).replace(/(Z|\+00:00)$/, '')}Z`) : value;

interface Measured {
  sides: Sides;
  ids: readonly string[];
  callers: readonly string[];
  clean(name: SideName): Promise<unknown>;
}

async function measure(
  product: string,
  measured: Measured,
  settings: Settings,
  progress: (done: number) => void,
): Promise<Cell[]> {
  const names = Object.keys(measured.sides) as SideName[];
  const samples = requests.map(() => new Map<SideName, CellSample[]>(names.map((name) => [name, []])));
  for (let round = 0; round <= settings.rounds; round += 1)
    for (const [at, request] of requests.entries()) {
      for (const name of inTurns(names, round)) {
        const durationMs = round === 0 ? Math.min(FIRST_ROUND_MS, settings.durationMs) : settings.durationMs;
        const sample = await sampleOf(measured, name, request, { ...settings, durationMs });
        if (request.name === 'create') await measured.clean(name);
        if (round > 0) samples[at]?.get(name)?.push(sample);
      }
      progress(round * requests.length + at + 1);
    }
  return requests.flatMap(({ name }, at) => cellsOf(`${product}, ${name}`, samples[at] ?? new Map()));
}

/** Farebox is beside the bare server, and FastAPI beside Farebox: for us it is the better the less it does. */
function cellsOf(what: string, ofRequest: ReadonlyMap<SideName, readonly CellSample[]>): Cell[] {
  const rates = (name: SideName) => (ofRequest.get(name) ?? []).map(({ perSecond }) => perSecond);
  const partOf = (one: SideName, other: SideName) =>
    figure(rates(one).map((rate, round) => rate / (rates(other)[round] as number)));
  const besides = {
    Farebox: () => ({
      beside: { of: "the bare server's rate", part: partOf('Farebox', 'bare'), better: 'more' as const },
    }),
    bare: () => ({}),
    FastAPI: () => ({
      beside: { of: "Farebox's rate", part: partOf('FastAPI', 'Farebox'), better: 'less' as const },
      winner: winnerOf(figure(rates('FastAPI')), figure(rates('Farebox')), {
        rounds: rates('FastAPI').length,
        better: 'more',
      }),
    }),
  };
  return [...ofRequest].map(([side, samples]) => cellOf({ what, side, ...besides[side]() }, samples));
}

/** After a warm-up; by one caller first, for what a request takes alone. */
async function sampleOf(
  { sides, ids, callers: callerIds }: Measured,
  name: SideName,
  { next, expected }: Request,
  { connections, durationMs }: Settings,
): Promise<CellSample> {
  const subject = sides[name] as Subject;
  const tokens = await makeTokens(callerIds);
  const request = () => wire(next(ids), cycled(tokens));
  const load = (atOnce: number, ms: number) =>
    callers({ port: subject.port, request, expected, callers: atOnce, goesOn: during(ms) });
  await load(connections, WARM_UP_MS);
  const { p50Ms: aloneMs } = await sampleCell(subject, () => load(1, PART_ALONE * durationMs));
  return { ...(await sampleCell(subject, () => load(connections, durationMs))), aloneMs };
}
