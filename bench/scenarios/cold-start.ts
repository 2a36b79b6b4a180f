import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apiGatewayV2 } from '../../emulator/doors/api-gateway-v2.js';
import { ExecutionEnvironment } from '../../emulator/execution-environment.js';
import { nodeFlags } from '../../emulator/node-flags.js';
import { readStack } from '../../emulator/read-stack.js';
import { unzip } from '../../emulator/unzip.js';
import { makeBundle } from '../../scripts/bundle/make-bundle.js';
import { type Measure, measures } from '../../scripts/bundle/measures.js';
import { openBenchDatabases } from '../bench-databases.js';
import { password, signIn } from '../client.js';
import { type ColdStart, coldStart } from '../cold-start.js';
import { type ColdStartRow, coldStartTable } from '../cold-start-table.js';
import { coldStartCharts, coldStartCompared } from '../parts-charts.js';
import type { Scenario } from '../scenario.js';
import { startSide } from '../start-side.js';
import { figure, spread } from '../statistics.js';

/** Files are in the system's memory and the processor's clock is up after these. */
const WARM_UP_ROUNDS = 2;
/** Of one instance, after its first event. */
const WARM_EVENTS = 200;
/** New instances, one after the other. */
const INSTANCES = 15;
/** What the bundle has to keep: of the bare handler, and of the same code unbundled. */
const MOST = { ofBare: 2, ofUnbundled: 0.45 };
const USER = 'ada@example.org';

const root = fileURLToPath(new URL('../..', import.meta.url));
const node = process.env.NODE_24 ?? process.execPath;
const runtimeFlags = nodeFlags(readStack('api').memoryMb);

/** A way to start: what first-event.js is to load, and how. */
interface Side {
  name: string;
  file: string;
  /** Of Node.js; those of the managed runtime without it. */
  flags?: string[];
  /** The side whose start is 1; `bare` without it. */
  yardstick?: string;
}

export const scenario: Scenario<ColdStartRow> = {
  question:
    'What is a cold start of the API, to its first answered event, beside a bare handler of one query?',
  table: coldStartTable,
  charts: coldStartCharts,
  compared: coldStartCompared,
  broken: (rows) =>
    rows
      .filter(({ side }) => side === 'all measures')
      .flatMap(({ ofBare, ofUnbundled }) => [
        ...(ofBare.median > MOST.ofBare ? [`${ofBare.median.toFixed(2)} times the bare handler`] : []),
        ...(ofUnbundled.median > MOST.ofUnbundled
          ? [`${ofUnbundled.median.toFixed(2)} times unbundled`]
          : []),
      ]),
  async run({ rounds }, progress) {
    const folder = mkdtempSync(join(tmpdir(), 'farebox-cold-start-'));
    const databases = await openBenchDatabases('postgresql');
    try {
      const [url] = databases.urls;
      const environment = {
        PATH: process.env.PATH ?? '',
        NODE_ENV: 'production',
        AWS_LAMBDA_FUNCTION_NAME: 'farebox-api',
        DATABASE_URL: url,
        SECRETS: randomBytes(32).toString('base64'),
        RATE_LIMIT_API: '1000000/1',
      };
      const sides = await makeSides(folder);
      const { token, id } = await someone(environment);
      // Made when it is sent: its deadline counts from when the gateway had it.
      const event = () =>
        apiGatewayV2.toEvent({
          method: 'GET',
          target: `/v1/users/${id}`,
          fields: [
            ['authorization', `Bearer ${token}`],
            ['host', 'api.example.org'],
          ],
          body: Buffer.alloc(0),
          sourceIp: '203.0.113.7',
        });
      const starts = new Map(sides.map(({ name }) => [name, [] as ColdStart[]]));
      for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
        // There and back: what the machine does slowly meanwhile happens to all.
        for (const side of round % 2 === 0 ? sides : [...sides].reverse()) {
          const start = await coldStart(
            node,
            [side.file, JSON.stringify(event())],
            environment,
            side.flags ?? runtimeFlags,
          );
          if (round >= 0) starts.get(side.name)?.push(start);
        }
        if (round >= 0) progress(round + 1, rounds);
      }
      const startsOf = (name: string) => starts.get(name) ?? [];
      return {
        conditions: {
          node: execFileSync(node, ['--version'], { encoding: 'utf8' }).trim(),
          database: databases.product,
          rounds,
          warmUpRounds: WARM_UP_ROUNDS,
        },
        rows: sides.map(({ name, yardstick = 'bare' }) =>
          row(name, startsOf(name), startsOf(yardstick), startsOf('unbundled')),
        ),
        more: { billed: await billed(join(folder, 'all measures'), environment, event) },
      };
    } finally {
      await databases.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** A user, and a token of theirs. */
async function someone({ AWS_LAMBDA_FUNCTION_NAME: _none, ...server }: Record<string, string>) {
  const command = (file: string, ...args: string[]) =>
    execFileSync(process.execPath, [join(root, 'dist/cli', `${file}.js`), ...args], {
      env: server,
      input: password,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  command('db', 'migrate');
  const [id] = command('admin', 'create', USER, '--name', 'Ada', '--password-stdin').split(' ');
  const side = await startSide('farebox', server);
  try {
    return { id, token: await signIn(`http://127.0.0.1:${side.port}`, USER) };
  } finally {
    await side.stop();
  }
}

/**
 * The yardstick, the code as it is, the bundle, the bundle without each of its measures; at last the two without the
 * flags by which the managed runtime starts Node.js.
 */
async function makeSides(folder: string): Promise<Side[]> {
  const bundle = async (name: string, without: ReadonlySet<Measure>) => {
    const into = join(folder, name);
    const zips = join(folder, 'zips');
    await makeBundle({ engine: 'postgresql', folder: zips, node, functions: ['api'], without });
    unzip(join(zips, 'api.zip'), into);
    return { name, file: join(into, 'index.mjs') };
  };
  const all = await bundle('all measures', new Set());
  const without: Side[] = [];
  for (const measure of measures) without.push(await bundle(`without: ${measure}`, new Set([measure])));
  const none = await bundle('bundled, no measure', new Set(measures));
  const bare = fileURLToPath(new URL('../servers/bare-handler.cjs', import.meta.url));
  return [
    { name: 'bare', file: bare },
    all,
    { name: 'unbundled', file: join(root, 'dist/lambda/api.js') },
    none,
    ...without,
    {
      ...all,
      name: 'did not help: one thread for the collector',
      flags: [...runtimeFlags, '--single-threaded-gc'],
    },
    { name: 'bare, no flags', file: bare, flags: [], yardstick: 'bare, no flags' },
    { ...all, name: 'all measures, no flags', flags: [], yardstick: 'bare, no flags' },
  ];
}

function row(
  side: string,
  starts: readonly ColdStart[],
  bare: readonly ColdStart[],
  unbundled: readonly ColdStart[],
): ColdStartRow {
  const of = (yardstick: readonly ColdStart[]) =>
    figure(starts.map(({ totalMs }, round) => totalMs / (yardstick[round]?.totalMs ?? Number.NaN)));
  const median = (part: keyof ColdStart) => spread(starts.map((start) => start[part])).p50;
  return {
    side,
    totalMs: figure(starts.map(({ totalMs }) => totalMs)),
    ofBare: of(bare),
    ofUnbundled: of(unbundled),
    parts: {
      node: median('nodeMs'),
      imports: median('importsMs'),
      create: median('createMs'),
      init: median('initMs'),
      event: median('eventMs'),
    },
  };
}

/** What an instance is billed under the runtime client: for an event when it is warm, and besides for being new. */
async function billed(taskRoot: string, environment: Record<string, string>, event: () => object) {
  const { architecture: _architecture, isHttp: _isHttp, ...stack } = readStack('api');
  const { PATH: _path, ...variables } = environment;
  const [first, warm]: [number[], number[]] = [[], []];
  for (let count = 0; count < INSTANCES; count++) {
    const instance = new ExecutionEnvironment({
      name: 'farebox-api',
      taskRoot,
      environment: variables,
      node,
      ...stack,
    });
    try {
      first.push((await instance.invoke(event())).report.billedMs);
      while (warm.length < WARM_EVENTS) warm.push((await instance.invoke(event())).report.billedMs);
    } finally {
      await instance.end();
    }
  }
  const warmMs = spread(warm).p50;
  return { warmMs, coldMs: spread(first).p50 - warmMs };
}
