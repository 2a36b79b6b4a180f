import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Door } from '../../emulator/doors/door.js';
import { doors } from '../../emulator/doors/doors.js';
import { lentPackages } from '../../emulator/lent-packages.js';
import { nodeFlags } from '../../emulator/node-flags.js';
import { unzip } from '../../emulator/unzip.js';
import { fillDatabase } from '../../scripts/bundle/fill-database.js';
import { recordingEnvironment } from '../../scripts/bundle/recording-environment.js';
import { admin } from '../../scripts/bundle/typical-events.js';
import { bundled } from '../../test/support/bundled.js';
import { residentMemory } from '../../test/support/resident-memory.js';
import { adaptersTable } from '../adapters-table.js';
import { openBenchDatabases } from '../bench-databases.js';
import { signIn } from '../client.js';
import { rowsCharts, rowsCompared } from '../parts-charts.js';
import type { Row, Scenario } from '../scenario.js';
import { ratioOf, type Sample, sideFigures } from '../side-figures.js';
import { startSide } from '../start-side.js';
import { median } from '../statistics.js';

/** What functions are deployed with. */
const node = process.env.NODE_24 ?? process.execPath;
const MEMORY_MB = 1024;
/** Code that is compiled, connections and pages in memory: after two rounds there and back. */
const WARM_UP_ROUNDS = 2;
const EVENTS = 1_000;
const PROCESSES = 5;
/** With the token checked and one query; with neither, where the way itself shows. */
const targets = ['/v1/users/me', '/health/live'];

interface Asked extends Sample {
  target: string;
  way: string;
}

export const scenario: Scenario<Row> = {
  table: adaptersTable,
  charts: rowsCharts,
  compared: rowsCompared,
  part: ({ ratio }) => ratio.median,
  question: 'What does an event through the api zip cost beside bare inject of the same route, warm?',
  async run({ rounds, durationMs }, progress) {
    const { folder } = await bundled({ node });
    const taskRoot = await mkdtemp(join(tmpdir(), 'farebox-bench-'));
    const databases = await openBenchDatabases('postgresql');
    try {
      unzip(join(folder, 'api.zip'), taskRoot);
      const [url] = databases.urls;
      await fillDatabase(url);
      const environment = { ...recordingEnvironment(url), LOG_LEVEL: 'info' };
      const token = await tokenOf(environment);
      const samples = await measure({ taskRoot, token, rounds, durationMs, environment }, progress);
      const resident: number[] = [];
      const fn = { name: 'api', taskRoot, handler: 'index.handler', memoryMb: MEMORY_MB, timeoutMs: 0, node };
      while (resident.length < PROCESSES)
        resident.push(
          (await residentMemory({ ...fn, environment: { ...environment, LOG_LEVEL: 'silent' } }, EVENTS))
            .residentMb,
        );
      return {
        conditions: {
          functionNode: execFileSync(node, ['--version'], { encoding: 'utf8' }).trim(),
          memoryMb: MEMORY_MB,
          residentMbAfter1000Events: median(resident),
          warmUpRounds: WARM_UP_ROUNDS,
          rounds,
          durationMs,
          connections: 1,
        },
        rows: rowsOf(databases.product, samples),
      };
    } finally {
      await databases.remove();
      await rm(taskRoot, { recursive: true, force: true });
    }
  },
};

/** Both applications verify it: they have one secret. */
async function tokenOf(environment: Record<string, string>): Promise<string> {
  const side = await startSide('farebox', environment);
  try {
    return await signIn(`http://127.0.0.1:${side.port}`, admin.email);
  } finally {
    await side.stop();
  }
}

interface Plan {
  taskRoot: string;
  token: string;
  rounds: number;
  durationMs: number;
  environment: Record<string, string>;
}

async function measure(
  { taskRoot, token, environment, ...plan }: Plan,
  progress: (done: number, total: number) => void,
): Promise<Asked[]> {
  const headers = { host: 'api.example.org', accept: 'application/json', authorization: `Bearer ${token}` };
  const asked = targets.map((target) => ({
    target,
    events: Object.fromEntries(doors.map((door: Door) => [door.name, eventOf(door, target, headers)])),
  }));
  const packages = await lentPackages(node);
  const told = [{ ...plan, warmUpRounds: WARM_UP_ROUNDS, folder: taskRoot, headers }, asked];
  const child = fork(
    fileURLToPath(new URL('../servers/adapters.js', import.meta.url)),
    [JSON.stringify(told)],
    {
      execPath: node,
      execArgv: nodeFlags(MEMORY_MB),
      env: {
        PATH: process.env.PATH,
        TZ: 'UTC',
        ...(packages !== undefined && { NODE_PATH: packages }),
        ...environment,
      },
      // What is logged goes nowhere, on either side.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  const samples: Asked[] = [];
  child.on('message', (message: Asked | { done: number; total: number }) =>
    'done' in message ? progress(message.done, message.total) : samples.push(message),
  );
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('the process that was measured has failed');
  return samples;
}

const eventOf = (door: Door, target: string, headers: Record<string, string>): object =>
  door.toEvent({
    method: 'GET',
    target,
    fields: Object.entries(headers),
    body: Buffer.alloc(0),
    sourceIp: '203.0.113.7',
  });

/** A row for each way but inject, which each is beside. */
function rowsOf(product: string, samples: Asked[]): Row[] {
  const ways = [...new Set(samples.map(({ way }) => way))].filter((way) => way !== 'inject').sort();
  return targets.flatMap((target) => {
    const of = (wanted: string) => samples.filter((it) => it.target === target && it.way === wanted);
    const bare = of('inject');
    return ways.map((way) => ({
      product,
      request: `GET ${target}, ${way}`,
      farebox: sideFigures(of(way)),
      bare: sideFigures(bare),
      ratio: ratioOf(of(way), bare),
    }));
  });
}
