import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Answer, call, probe, signIn, signUp } from '../client.js';
import { closedLoop } from '../closed-loop.js';
import { openLoop } from '../open-loop.js';
import { removeDataDir, type Server, startServer, temporaryDataDir } from '../server.js';
import { median, spread } from '../statistics.js';
import { statusCounts, type Trial } from '../trial.js';

const ROUNDS = 3;
const LOAD_MS = 10_000;
const TIMES_CAPACITY = 3;
const CONNECTIONS = 200;
const IDLE_MS = 3_000;
/** Each asks so seldom that its own limit (600 a minute) is far away. */
const NEIGHBOURS = 4;
const BETWEEN_MS = 100;
const FLOODER = 'flooder@example.org';
/** The flooder's own 600 a minute are served: for so long the others wait for them. */
const BURST_MS = 2_500;
/** Of the neighbours' requests after that while the flood is counted, and at most this much of what they take while it is not. */
const MAX_P99_MS = 100;
const MAX_SHARE = 0.5;

const run = promisify(execFile);
const seed = fileURLToPath(new URL('../../dist/cli/seed.js', import.meta.url));

/** A page of 100 users: what costs the most of what a user may ask for again and again. */
const request = (token: string) =>
  `GET /v1/users?limit=100 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`;

async function withServer<T>(
  env: Record<string, string>,
  work: (server: Server, port: number, flooder: string) => Promise<T>,
): Promise<T> {
  const dataDir = await temporaryDataDir();
  try {
    // It seeds too: the tables are there.
    const first = await startServer(dataDir, env);
    await signUp(first.url, FLOODER);
    await first.stop();
    await run(process.execPath, [seed, '--users', '200'], {
      env: { PATH: process.env.PATH, DATA_DIR: dataDir },
      cwd: dataDir,
    });
    const server = await startServer(dataDir, env);
    try {
      return await work(server, Number(new URL(server.url).port), await signIn(server.url, FLOODER));
    } finally {
      await server.stop('SIGKILL');
    }
  } finally {
    await removeDataDir(dataDir);
  }
}

async function neighboursOf(url: string): Promise<string[]> {
  const emails = Array.from({ length: NEIGHBOURS }, (_, n) => `neighbour-${n}@example.org`);
  for (const email of emails) await signUp(url, email);
  return Promise.all(emails.map((email) => signIn(url, email)));
}

interface Asked extends Answer {
  /** After the first. */
  atMs: number;
}

async function ask(url: string, tokens: string[], until: Promise<unknown>): Promise<Asked[]> {
  const answers: Asked[] = [];
  const fromMs = performance.now();
  let isOver = false;
  const over = until.finally(() => {
    isOver = true;
  });
  const one = async (token: string) => {
    for (; !isOver; await pause(BETWEEN_MS)) {
      const atMs = performance.now() - fromMs;
      answers.push({ ...(await call(`${url}/v1/users/me`, { token })), atMs });
    }
  };
  await Promise.all([over, ...tokens.map(one)]);
  return answers;
}

const spreadOf = (answers: Answer[]) => spread(answers.map(({ durationMs }) => durationMs));

const round = (isCounted: boolean, perSecond: number) =>
  withServer({ UNSAFE_RATE_LIMIT_OFF: isCounted ? '0' : '1' }, async ({ url }, port, flooder) => {
    const tokens = await neighboursOf(url);
    const idle = await ask(url, tokens, pause(IDLE_MS));
    const load = openLoop({
      port,
      perSecond,
      durationMs: LOAD_MS,
      connections: CONNECTIONS,
      request: request(flooder),
    });
    const [others, live, flood] = await Promise.all([
      ask(url, tokens, load),
      probe(`${url}/health/live`, load, BETWEEN_MS),
      load,
    ]);
    return {
      idleMs: spreadOf(idle),
      burstMs: spreadOf(others.filter(({ atMs }) => atMs < BURST_MS)),
      neighboursMs: spreadOf(others.filter(({ atMs }) => atMs >= BURST_MS)),
      neighbours: statusCounts(others),
      liveMs: spread(live),
      flood: statusCounts(flood.answers),
      unsent: flood.unsent,
    };
  });
type Round = Awaited<ReturnType<typeof round>>;

export const trial: Trial = {
  claim: `One user asks for ${TIMES_CAPACITY} times as many pages of 100 users as the server can give: with the limits as they are by default, once its 600 a minute are used up, everybody else's GET /v1/users/me is answered within ${MAX_P99_MS} ms at p99 and in half of what it takes without them`,
  async run(progress) {
    const perSecond = await withServer({}, async (_server, port, token) => {
      const load = { port, connections: 16, warmUpMs: 2_000, durationMs: 5_000 };
      const { perSecond: most } = await closedLoop({ ...load, next: () => request(token), expected: 200 });
      return Math.round(most);
    });
    const rounds: Record<'counted' | 'uncounted', Round>[] = [];
    for (let n = 0; n < ROUNDS; n += 1) {
      const counted = await round(true, perSecond * TIMES_CAPACITY);
      const uncounted = await round(false, perSecond * TIMES_CAPACITY);
      rounds.push({ counted, uncounted });
      progress(n + 1, ROUNDS);
    }
    const p99 = (read: (one: (typeof rounds)[number]) => number) => Math.round(median(rounds.map(read)));
    const countedP99Ms = p99(({ counted }) => counted.neighboursMs.p99);
    const uncountedP99Ms = p99(({ uncounted }) => uncounted.neighboursMs.p99);
    const burstP99Ms = p99(({ counted }) => counted.burstMs.p99);
    const idleP99Ms = p99(({ counted }) => counted.idleMs.p99);
    const areAllServed = rounds.every(({ counted }) =>
      Object.keys(counted.neighbours).every((status) => status === '200'),
    );
    return {
      summary: `GET /v1/users/me at p99: ${idleP99Ms} ms without a flood, ${countedP99Ms} ms beside one of ${perSecond * TIMES_CAPACITY} requests/s that is limited (${burstP99Ms} ms in its first ${BURST_MS / 1_000} s), ${uncountedP99Ms} ms beside one that is not`,
      held: areAllServed && countedP99Ms <= MAX_P99_MS && countedP99Ms <= uncountedP99Ms * MAX_SHARE,
      figures: { capacityPerSecond: perSecond, idleP99Ms, burstP99Ms, countedP99Ms, uncountedP99Ms, rounds },
    };
  },
};
