import { setTimeout as sleep } from 'node:timers/promises';
import { type ServerEngine, ThrowawayServer } from '../../test/support/throwaway-server.js';
import { call, signIn, signUp } from '../client.js';
import { removeDataDir, startServer, temporaryDataDir } from '../server.js';
import { isSuccess, type Load, type Seen, startLoad } from '../start-load.js';
import { statusCounts, type Trial } from '../trial.js';

const ROUNDS = 10;
/** Between two outages, and after the database is back: long enough to see calls succeed and none fail late. */
const BETWEEN_MS = 2_000;
/** The API serves again this long after the database accepts connections. */
const BACK_MS = 5_000;
const KILLED_MS = 1_000;

/** How an outage is made. @returns when the database accepts connections again */
const outages: Record<string, (database: ThrowawayServer) => Promise<void>> = {
  'restarted in immediate mode': (database) => database.restart('immediate'),
  'killed with -9, started after 1 s': async (database) => {
    await database.kill();
    await sleep(KILLED_MS);
    await database.start();
  },
};

interface Outage {
  downMs: number;
  upMs: number;
}

/** A success at any time; 503 only while the database was down or had just come back, for a call that met that time. */
const isAllowed = (seen: Seen, rounds: Outage[]) =>
  isSuccess(seen) ||
  (seen.status === 503 &&
    rounds.some(({ downMs, upMs }) => seen.endedMs >= downMs && seen.sentMs <= upMs + BACK_MS));

/** @returns how long after the database the API was back, or Infinity */
async function backAfterMs({ seen }: Load, { upMs }: Outage): Promise<number> {
  while (Date.now() < upMs + 2 * BACK_MS) {
    const first = seen.find((one) => isSuccess(one) && one.endedMs >= upMs);
    if (first) return first.endedMs - upMs;
    await sleep(10);
  }
  return Number.POSITIVE_INFINITY;
}

/** How long after the database came back a call still ended in 503, at worst. */
function last503Ms({ seen }: Load, rounds: Outage[]): number {
  const refusals = seen.filter(({ status }) => status === 503);
  const since = rounds.map(({ upMs }, index) => {
    const nextDownMs = rounds[index + 1]?.downMs ?? Number.POSITIVE_INFINITY;
    return (refusals.findLast(({ endedMs }) => endedMs < nextDownMs)?.endedMs ?? upMs) - upMs;
  });
  return Math.ceil(Math.max(0, ...since));
}

/** How many of the users that were answered 201 are not in the table. */
async function countLost(database: ThrowawayServer, acknowledged: string[]): Promise<number> {
  const rows = (await database.query('SELECT email FROM "User"')) as { email: string }[];
  const kept = new Set(rows.map(({ email }) => email));
  return acknowledged.filter((email) => !kept.has(email)).length;
}

async function tryOutages(engine: ServerEngine, outage: string, onRound: () => void) {
  const database = await ThrowawayServer.start(engine);
  const dataDir = await temporaryDataDir();
  try {
    const server = await startServer(dataDir, { DATABASE_URL: database.url, LOG_LEVEL: 'fatal' });
    try {
      const { id } = JSON.parse((await signUp(server.url, 'admin@example.org')).body) as { id: string };
      const token = await signIn(server.url, 'admin@example.org');
      const load = await startLoad({ url: server.url, token, userId: id });
      const rounds: (Outage & { backMs: number })[] = [];
      for (let round = 1; round <= ROUNDS; round += 1) {
        await sleep(BETWEEN_MS);
        const downMs = Date.now();
        await outages[outage]?.(database);
        const upMs = Date.now();
        rounds.push({ downMs, upMs, backMs: await backAfterMs(load, { downMs, upMs }) });
        onRound();
      }
      await sleep(BETWEEN_MS);
      await load.stop();
      // The same process to the end: nobody had to restart the API.
      const isAlive = (await call(`${server.url}/v1/users/count`, { token })).status === 200;
      const acknowledged = load.seen
        .filter(({ kind, status }) => kind === 'sign-up' && status === 201)
        .map(({ email }) => email);
      return {
        rounds: rounds.length,
        isAlive,
        acknowledged: acknowledged.length,
        lost: await countLost(database, acknowledged),
        worstBackMs: Math.ceil(Math.max(...rounds.map(({ backMs }) => backMs))),
        last503Ms: last503Ms(load, rounds),
        worstDownMs: Math.ceil(Math.max(...rounds.map(({ downMs, upMs }) => upMs - downMs))),
        statuses: statusCounts(load.seen),
        notAllowed: load.seen
          .filter((one) => !isAllowed(one, rounds))
          .map(({ kind, status }) => `${kind}: ${status}`),
      };
    } finally {
      await server.stop();
    }
  } finally {
    await removeDataDir(dataDir);
    await database.remove();
  }
}

export const trial: Trial = {
  claim:
    'PostgreSQL and MariaDB restarted at once and killed with -9 under load, 10 rounds each: only 2xx, and 503 from when it went until 5 s after it is back; the API is back within 5 s; every 201 is in the table',
  async run(progress) {
    const figures: Record<string, Awaited<ReturnType<typeof tryOutages>>> = {};
    let done = 0;
    for (const engine of ['postgresql', 'mysql'] as const)
      for (const outage of Object.keys(outages))
        figures[`${engine} ${outage}`] = await tryOutages(engine, outage, () => {
          done += 1;
          progress(done, 4 * ROUNDS);
        });
    const all = Object.values(figures);
    const sum = (name: 'acknowledged' | 'lost') => all.reduce((total, { [name]: count }) => total + count, 0);
    const worstBackMs = Math.max(...all.map((one) => one.worstBackMs));
    const isRight = (one: (typeof all)[number]) =>
      one.isAlive && one.lost === 0 && one.acknowledged > 0 && one.notAllowed.length === 0;
    return {
      held: all.every(isRight) && worstBackMs <= BACK_MS,
      summary: `${sum('acknowledged')} acknowledged, ${sum('lost')} lost; back after at most ${worstBackMs} ms`,
      figures,
    };
  },
};
