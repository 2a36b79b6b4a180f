import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { benchEngines, openBenchDatabases } from '../bench-databases.js';
import { call, password, signIn } from '../client.js';
import { closedLoop } from '../closed-loop.js';
import { figuresTable } from '../figures-table.js';
import type { Figures, Row, Scenario, Settings } from '../scenario.js';
import { ratioOf, type Sample, sideFigures } from '../side-figures.js';
import { type Side, startSide } from '../start-side.js';

const USERS = 1_000;
const LIST_LIMIT = 20;
const WARM_UP_MS = 500;
/** Both sides' code is compiled, their connections are open and their pages in memory after this many. */
const WARM_UP_ROUNDS = 1;
const ADMIN = 'admin@example.org';
/** What the rounds make, and are rid of after each, begins with it. */
const MADE = 'bench-';

type SideName = 'farebox' | 'bare';

interface Running {
  side: Side;
  url: string;
  token: string;
}

interface Request {
  name: string;
  expected: number;
  /** Line and body of the next one. */
  next(ids: readonly string[]): { line: string; body?: object };
}

let turn = 0;
const cycled = (ids: readonly string[]) => ids[turn++ % ids.length] as string;

const requests: readonly Request[] = [
  { name: 'get', expected: 200, next: (ids) => ({ line: `GET /v1/users/${cycled(ids)}` }) },
  { name: `list ${LIST_LIMIT}`, expected: 200, next: () => ({ line: `GET /v1/users?limit=${LIST_LIMIT}` }) },
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
  },
];

/** As a client with a token would send it; both sides get the same bytes. */
function wire({ line, body }: ReturnType<Request['next']>, token: string): string {
  const text = body === undefined ? '' : JSON.stringify(body);
  const content =
    body === undefined ? '' : `Content-Type: application/json\r\nContent-Length: ${text.length}\r\n`;
  return `${line} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nAuthorization: Bearer ${token}\r\n${content}\r\n${text}`;
}

export const scenario: Scenario<Row> = {
  table: figuresTable,
  part: ({ ratio }) => ratio.median,
  question: 'What does the whole service cost beside a bare server that answers the same from the same rows?',
  async run(settings, progress) {
    const rows: Row[] = [];
    const engines = benchEngines();
    const perEngine = requests.length * (WARM_UP_ROUNDS + settings.rounds);
    for (const [index, engine] of engines.entries()) {
      const databases = await openBenchDatabases(engine);
      const running: Partial<Record<SideName, Running>> = {};
      try {
        for (const [at, name] of (['farebox', 'bare'] as const).entries())
          running[name] = await start(name, databases.urls[at] as string);
        const sides = running as Record<SideName, Running>;
        const ids = (
          await databases.query(sides.bare.url, `SELECT "id" FROM "User" WHERE "email" LIKE 'seed-%'`)
        ).map(({ id }) => id as string);
        await compareAnswers(sides, ids[0] as string);
        const clean = ({ url }: Running) =>
          databases.query(url, `DELETE FROM "User" WHERE "email" LIKE '${MADE}%'`);
        rows.push(
          ...(await measure(databases.product, sides, ids, settings, clean, (done) =>
            progress(index * perEngine + done, engines.length * perEngine),
          )),
        );
      } finally {
        for (const { side } of Object.values(running)) await side.stop();
        await databases.remove();
      }
    }
    const conditions = { users: USERS, warmUpRounds: WARM_UP_ROUNDS, warmUpMs: WARM_UP_MS, ...settings };
    return { conditions, rows } satisfies Figures<Row>;
  },
};

async function start(name: SideName, url: string): Promise<Running> {
  const command = (file: string, ...args: string[]) =>
    execFileSync(
      process.execPath,
      [fileURLToPath(new URL(`../../dist/cli/${file}.js`, import.meta.url)), ...args],
      {
        env: { PATH: process.env.PATH, DATABASE_URL: url },
        input: password,
        stdio: 'pipe',
      },
    );
  command('seed', '--users', String(USERS), '--password-stdin');
  command('admin', 'create', ADMIN, '--name', 'Admin', '--password-stdin');
  const side = await startSide(name, {
    DATABASE_URL: url,
    NODE_ENV: 'production',
    SECRETS: randomBytes(32).toString('base64'),
  });
  const token = name === 'farebox' ? await signIn(`http://127.0.0.1:${side.port}`, ADMIN) : 'x'.repeat(240);
  return { side, url, token };
}

/** @throws Error where the two do not answer the same */
async function compareAnswers(sides: Record<SideName, Running>, id: string): Promise<void> {
  for (const path of [`/v1/users/${id}`, `/v1/users?limit=${LIST_LIMIT}`]) {
    const [ours, bare] = await Promise.all(
      [sides.farebox, sides.bare].map(async ({ side, token }) => {
        const { body } = await call(`http://127.0.0.1:${side.port}${path}`, { token });
        const { nextCursor, ...rest } = JSON.parse(body);
        return { ...rest, hasCursor: typeof nextCursor === 'string' };
      }),
    );
    if (!isDeepStrictEqual(ours, bare))
      throw new Error(
        `the sides answer ${path} differently: ${JSON.stringify(ours)} and ${JSON.stringify(bare)}`,
      );
  }
}

async function measure(
  product: string,
  sides: Record<SideName, Running>,
  ids: readonly string[],
  settings: Settings,
  clean: (running: Running) => Promise<unknown>,
  progress: (done: number) => void,
): Promise<Row[]> {
  const samples = requests.map(() => ({ farebox: [] as Sample[], bare: [] as Sample[] }));
  for (let round = 0; round < WARM_UP_ROUNDS + settings.rounds; round += 1)
    for (const [at, request] of requests.entries()) {
      // ABBA: what the machine does slowly meanwhile happens to both.
      const order = round % 2 === 0 ? (['farebox', 'bare'] as const) : (['bare', 'farebox'] as const);
      for (const name of order) {
        const sample = await sampleOf(sides[name], request, ids, settings);
        if (request.name === 'create') await clean(sides[name]);
        if (round >= WARM_UP_ROUNDS) samples[at]?.[name].push(sample);
      }
      progress(round * requests.length + at + 1);
    }
  return requests.map(({ name }, at) => {
    const { farebox, bare } = samples[at] as (typeof samples)[number];
    return {
      product,
      request: name,
      farebox: sideFigures(farebox),
      bare: sideFigures(bare),
      ratio: ratioOf(farebox, bare),
    };
  });
}

async function sampleOf(
  { side, token }: Running,
  { next, expected }: Request,
  ids: readonly string[],
  { connections, durationMs }: Settings,
): Promise<Sample> {
  const cpuBeforeMs = await side.cpuMs();
  const { perSecond, p99Ms } = await closedLoop({
    port: side.port,
    connections,
    warmUpMs: WARM_UP_MS,
    durationMs,
    next: () => wire(next(ids), token),
    expected,
  });
  const cpuMs = (await side.cpuMs()) - cpuBeforeMs;
  return { perSecond, p99Ms, cpuMs: cpuMs / ((perSecond * (WARM_UP_MS + durationMs)) / 1_000) };
}
