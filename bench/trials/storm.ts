import { setTimeout as sleep } from 'node:timers/promises';
import { type ServerEngine, ThrowawayServer } from '../../test/support/throwaway-server.js';
import { type Answer, call, signIn, signUp } from '../client.js';
import { removeDataDir, type Server, startServer, temporaryDataDir } from '../server.js';
import { spread } from '../statistics.js';
import { statusCounts, type Trial } from '../trial.js';

const PROCESSES = 60;
const MAX_CONNECTIONS = 30;
const POOL_MAX = 2;
/** Enough at once for a process to want all its connections. */
const REQUESTS_EACH = 4;
const TIMEOUT_MS = 5_000;
const TOLERATED_MS = 250;
/**
 * Between one process's first requests and the next one's. These cost up to 0.7 s of processor time: all at the same
 * moment, sixty would wait for two cores, which is no question of the database.
 */
const BETWEEN_MS = 500;
/** Longer than the whole wave takes: who has connections keeps them, and the later ones find none. */
const IDLE_MS = 60_000;
/** Processes that are being started at the same time: there are not many more cores. */
const STARTING = 4;
/** Of what a crashed process has written. */
const LAST_CHARACTERS = 2_000;
const SECRETS = 'bG9va2luZy1mb3ItYS1zdG9ybS1pbi1hLXRlYWN1cA';

/** From the process's accepting the request, by its own account. */
const processMs = ({ headers }: Answer): number =>
  Number(headers['x-process-time'] ?? Number.POSITIVE_INFINITY) * 1_000;

/** An answer, or status 0 and what broke the connection. */
const ask = (url: string, token: string): Promise<Answer> => {
  const startedMs = performance.now();
  return call(url, { token }).catch((error: unknown) => ({
    status: 0,
    headers: {},
    body: String(error),
    durationMs: performance.now() - startedMs,
  }));
};

const isAnswered = ({ status, headers }: Answer): boolean =>
  status === 200 || (status === 503 && /^[1-9]\d*$/.test(String(headers['retry-after'])));

/** An admin's token, which every process with the same secret takes. */
async function admin(url: string, dataDir: string): Promise<string> {
  const server = await startServer(dataDir, { DATABASE_URL: url, SECRETS });
  try {
    await signUp(server.url, 'admin@example.org');
    return await signIn(server.url, 'admin@example.org');
  } finally {
    await server.stop();
  }
}

async function storm(engine: ServerEngine, onStart: () => void) {
  const database = await ThrowawayServer.start(engine, { maxConnections: MAX_CONNECTIONS });
  const dataDir = await temporaryDataDir();
  const servers: Server[] = [];
  try {
    const token = await admin(database.url, dataDir);
    const env = {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      DATABASE_URL: database.url,
      DATABASE_POOL_MAX: String(POOL_MAX),
      DATABASE_TIMEOUT_MS: String(TIMEOUT_MS),
      DATABASE_IDLE_MS: String(IDLE_MS),
      MIGRATE_ON_START: '0',
      SECRETS,
      UNSAFE_RATE_LIMIT_OFF: '1',
      LOG_LEVEL: 'info',
    };
    for (let started = 0; started < PROCESSES; started += STARTING) {
      const batch = Array.from({ length: STARTING }, () => startServer(dataDir, env));
      const ends = await Promise.allSettled(batch);
      for (const end of ends) if (end.status === 'fulfilled') servers.push(end.value);
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
      onStart();
    }
    const answers = await Promise.all(
      servers.flatMap(({ url }, index) =>
        Array.from({ length: REQUESTS_EACH }, async () => {
          await sleep(index * BETWEEN_MS);
          return ask(`${url}/v1/users?limit=1`, token);
        }),
      ),
    );
    return {
      processes: servers.length,
      requests: answers.length,
      statuses: statusCounts(answers),
      notAnswered: answers
        .filter((answer) => !isAnswered(answer))
        .map(({ status, body }) => `${status} ${body}`),
      processMs: spread(answers.map(processMs)),
      clientMs: spread(answers.map(({ durationMs }) => durationMs)),
      crashed: servers
        .filter(({ process }) => process.exitCode !== null || process.signalCode !== null)
        .map(({ output }) => output().slice(-LAST_CHARACTERS)),
    };
  } finally {
    await Promise.all(servers.map((server) => server.stop('SIGKILL')));
    await removeDataDir(dataDir);
    await database.remove();
  }
}

const isRight = ({ notAnswered, processMs: { max }, crashed }: Awaited<ReturnType<typeof storm>>): boolean =>
  notAnswered.length === 0 && max <= TIMEOUT_MS + TOLERATED_MS && crashed.length === 0;

export const trial: Trial = {
  claim:
    '60 cold processes within 30 s ask a PostgreSQL, then a MariaDB, that takes 30 connections: each request is 200, or 503 with Retry-After, within DATABASE_TIMEOUT_MS and 250 ms; none hangs, none crashes',
  async run(progress) {
    const batches = PROCESSES / STARTING;
    const figures = {
      postgresql: await storm('postgresql', counting(progress, 0, 2 * batches)),
      mysql: await storm('mysql', counting(progress, batches, 2 * batches)),
    };
    const said = Object.entries(figures).map(
      ([
        engine,
        {
          statuses,
          processMs: { max },
        },
      ]) =>
        `${engine} ${Object.entries(statuses)
          .map(([status, count]) => `${count} x ${status}`)
          .join(', ')}, after at most ${Math.ceil(max)} ms`,
    );
    return { held: Object.values(figures).every(isRight), summary: said.join('; '), figures };
  },
};

function counting(
  progress: (done: number, total: number) => void,
  before: number,
  total: number,
): () => void {
  let done = before;
  return () => {
    done += 1;
    progress(done, total);
  };
}
