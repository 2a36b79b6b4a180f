import { execFile } from 'node:child_process';
import { open, rm } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BenchEngine, benchEngines, openBenchDatabases } from '../bench-databases.js';
import { call, signIn, signUp } from '../client.js';
import { firstLine } from '../first-line.js';
import { insertUsers } from '../insert-users.js';
import { forgetPeak, peakMb, residentMb } from '../resident-memory.js';
import { removeDataDir, type Server, startServer, temporaryDataDir } from '../server.js';
import { readSlowly } from '../slow-reader.js';
import { spread } from '../statistics.js';
import type { Trial } from '../trial.js';

const USERS = 1_000_000;
const MAX_RISE_MB = 60;
const FIRST_LINES = 20;
const MAX_FIRST_LINE_MS = 100;
/** Of requests that come while users are exported. */
const MAX_P99_MS = 100;
const SLOW_BYTES_PER_S = 1e6;
const SLOW_MS = 20_000;
const IDLE_MS = 5_000;
const PROBE_EVERY_MS = 10;
const ADMIN = 'admin@example.org';

const run = promisify(execFile);
const program = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const asMb = (mb: number): number => Number(mb.toFixed(1));

export const trial: Trial = {
  claim: `An NDJSON export of ${USERS.toLocaleString('en')} users has each once; memory rises by less than ${MAX_RISE_MB} MB for it, to a fast and to a slow client; the first line is there within ${MAX_FIRST_LINE_MS} ms in at least 19 of ${FIRST_LINES} exports, and one may be later; p99 of /health/live and /v1/users/me meanwhile under ${MAX_P99_MS} ms`,
  async run(progress) {
    const engines = benchEngines();
    const rounds: Round[] = [];
    for (const engine of engines) {
      rounds.push(await oneEngine(engine));
      progress(rounds.length, engines.length);
    }
    const holds = (round: Round) =>
      round.users === USERS + 1 &&
      round.missing === 0 &&
      Math.max(round.fastRiseMb, round.slowRiseMb) < MAX_RISE_MB &&
      round.firstLineMs.p95 <= MAX_FIRST_LINE_MS &&
      Math.max(round.busyMs.live.p99, round.busyMs.me.p99) < MAX_P99_MS;
    return {
      held: rounds.every(holds),
      summary: rounds
        .map(
          ({ product, usersPerS, fastRiseMb, slowRiseMb, busyRiseMb, firstLineMs, busyMs }) =>
            `${product}: ${usersPerS} users/s, memory +${fastRiseMb} MB (slow reader +${slowRiseMb} MB, with other requests beside it +${busyRiseMb} MB), first line p95 ${firstLineMs.p95} ms, at most ${firstLineMs.max} ms, /v1/users/me p99 ${busyMs.me.p99} ms`,
        )
        .join('; '),
      figures: { rounds },
    };
  },
};

type Round = Awaited<ReturnType<typeof oneEngine>>;

async function oneEngine(engine: BenchEngine) {
  const databases = await openBenchDatabases(engine);
  const dataDir = await temporaryDataDir();
  const [url] = databases.urls;
  const settings = { DATABASE_URL: url, UNSAFE_RATE_LIMIT_OFF: '1' };
  let server: Server | undefined;
  try {
    const first = await startServer(dataDir, settings);
    await signUp(first.url, ADMIN);
    await first.stop();
    await insertUsers(url as string, USERS);
    server = await startServer(dataDir, settings);
    const token = await signIn(server.url, ADMIN);
    const users = `${server.url}/v1/users`;

    const firstLineMs: number[] = [];
    for (let round = 0; round < FIRST_LINES; round += 1) {
      const startedMs = performance.timeOrigin + performance.now();
      firstLineMs.push((await firstLine(users, { token })).atMs - startedMs);
    }
    // Alone, so that the memory is the export's, and once more with other requests beside it.
    const fast = await fastExport(server, users, token);
    const idleMs = await probed(server.url, token, pause(IDLE_MS));
    const besideOthers = await exportBesideOthers(server, users, token);
    const slowRiseMb = await riseMb(server, async () => {
      const reader = readSlowly(users, { token }, SLOW_BYTES_PER_S);
      await pause(SLOW_MS);
      if (!reader.head().startsWith('HTTP/1.1 200 ')) throw new Error(`a slow export: ${reader.head()}`);
      reader.leave();
    });
    return {
      product: databases.product,
      ...fast,
      slowRiseMb,
      firstLineMs: spread(firstLineMs),
      idleMs,
      ...besideOthers,
    };
  } finally {
    await server?.stop();
    await removeDataDir(dataDir);
    await databases.remove();
  }
}

async function fastExport(server: Server, users: string, token: string) {
  const file = join(tmpdir(), `farebox-export-${process.pid}.ndjson`);
  try {
    const startedMs = performance.now();
    const fastRiseMb = await riseMb(server, () => take(users, token, file));
    const durationMs = performance.now() - startedMs;
    const { count, missing } = await checked(file);
    return {
      users: count,
      missing,
      durationS: Number((durationMs / 1000).toFixed(1)),
      usersPerS: Math.round(count / (durationMs / 1000)),
      fastRiseMb,
    };
  } finally {
    await rm(file, { force: true });
  }
}

/** How long others wait, and what they and the export take together. */
async function exportBesideOthers(server: Server, users: string, token: string) {
  let busyMs: Awaited<ReturnType<typeof probed>> | undefined;
  const busyRiseMb = await riseMb(server, async () => {
    const taken = take(users, token, devNull);
    busyMs = await probed(server.url, token, taken);
    await taken;
  });
  return { busyRiseMb, busyMs: busyMs as Awaited<ReturnType<typeof probed>> };
}

/** In another process: what it does with the lines would be felt in what is measured here. */
async function take(users: string, token: string, file: string): Promise<void> {
  await run(process.execPath, [program('../servers/take-answer.js'), users, token, file]);
}

/** From before `work` to the peak meanwhile. */
async function riseMb({ process: { pid = 0 } }: Server, work: () => Promise<void>): Promise<number> {
  const beforeMb = residentMb(pid);
  forgetPeak(pid);
  await work();
  return asMb(peakMb(pid) - beforeMb);
}

/** How long two requests take, one after the other, until `until` settles. */
async function probed(url: string, token: string, until: Promise<unknown>) {
  let isOver = false;
  const over = until.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  const [live, me]: [number[], number[]] = [[], []];
  while (!isOver) {
    live.push((await call(`${url}/health/live`)).durationMs);
    const answer = await call(`${url}/v1/users/me`, { token });
    if (answer.status !== 200) throw new Error(`/v1/users/me: ${answer.status} ${answer.body}`);
    me.push(answer.durationMs);
    await Promise.race([over, pause(PROBE_EVERY_MS)]);
  }
  return { live: spread(live), me: spread(me) };
}

/** @throws Error where a user is there twice, or the last line is not the end */
async function checked(file: string): Promise<{ count: number; missing: number }> {
  const emails = new Set<string>();
  let [count, last] = [0, ''];
  const lines = await open(file);
  for await (const line of lines.readLines()) {
    last = line;
    if (line.startsWith('{"end"')) break;
    count += 1;
    emails.add((JSON.parse(line) as { email: string }).email);
  }
  if (last !== JSON.stringify({ end: { count } })) throw new Error(`the last line: ${last.slice(0, 1_000)}`);
  if (emails.size !== count) throw new Error(`${count - emails.size} users came twice`);
  let missing = 0;
  for (let number = 1; number <= USERS; number += 1)
    if (!emails.has(`seed-${String(number).padStart(6, '0')}@example.org`)) missing += 1;
  return { count, missing };
}
