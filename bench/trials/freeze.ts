import { setTimeout as sleep } from 'node:timers/promises';
import { type ServerEngine, ThrowawayServer } from '../../test/support/throwaway-server.js';
import { call, probe, signIn, signUp } from '../client.js';
import { removeDataDir, startServer, temporaryDataDir } from '../server.js';
import { isSuccess, startLoad } from '../start-load.js';
import { spread } from '../statistics.js';
import { statusCounts, type Trial } from '../trial.js';

const FROZEN_MS = 20_000;
/** Before the freeze, and after the recovery. */
const CALM_MS = 2_000;
const TIMEOUT_MS = 2_000;
/** Over the deadline: the rest of the request, a sign-up's password hash above all. */
const TOLERATED_MS = 250;
const BACK_MS = 5_000;
const LIVE_P99_MS = 50;

async function freeze(engine: ServerEngine) {
  const database = await ThrowawayServer.start(engine);
  const dataDir = await temporaryDataDir();
  try {
    const server = await startServer(dataDir, {
      DATABASE_URL: database.url,
      DATABASE_TIMEOUT_MS: String(TIMEOUT_MS),
      LOG_LEVEL: 'fatal',
    });
    try {
      const { id } = JSON.parse((await signUp(server.url, 'admin@example.org')).body) as { id: string };
      const token = await signIn(server.url, 'admin@example.org');
      const load = await startLoad({ url: server.url, token, userId: id });
      await sleep(CALM_MS);
      database.freeze();
      const frozenMs = Date.now();
      const live = await probe(`${server.url}/health/live`, sleep(FROZEN_MS), 20);
      const thawedMs = Date.now();
      database.thaw();
      await sleep(BACK_MS + CALM_MS);
      await load.stop();

      // Those that were under way when it froze or thawed may have ended well, but no later than the others.
      const touched = load.seen.filter(({ sentMs, endedMs }) => endedMs > frozenMs && sentMs < thawedMs);
      const meanwhile = load.seen.filter(({ sentMs, endedMs }) => sentMs > frozenMs && endedMs < thawedMs);
      const back = load.seen.find((one) => isSuccess(one) && one.endedMs > thawedMs);
      const late = load.seen.filter(({ sentMs }) => sentMs > thawedMs + BACK_MS);
      return {
        statuses: statusCounts(meanwhile),
        answeredMs: spread(touched.map(({ durationMs }) => durationMs)),
        liveMs: spread(live),
        backMs: back ? Math.ceil(back.endedMs - thawedMs) : Number.POSITIVE_INFINITY,
        statusesAfter: statusCounts(late),
        isAlive: (await call(`${server.url}/v1/users/count`, { token })).status === 200,
      };
    } finally {
      await server.stop();
    }
  } finally {
    await removeDataDir(dataDir);
    await database.remove();
  }
}

const isRight = ({
  statuses,
  answeredMs,
  liveMs,
  backMs,
  statusesAfter,
  isAlive,
}: Awaited<ReturnType<typeof freeze>>) =>
  Object.keys(statuses).join() === '503' &&
  answeredMs.max <= TIMEOUT_MS + TOLERATED_MS &&
  liveMs.p99 < LIVE_P99_MS &&
  backMs <= BACK_MS &&
  Object.keys(statusesAfter).every((status) => status.startsWith('2')) &&
  isAlive;

export const trial: Trial = {
  claim:
    'PostgreSQL and MariaDB frozen for 20 s: each request is 503 within DATABASE_TIMEOUT_MS and 250 ms, /health/live stays under 50 ms at p99, and the same process serves again within 5 s',
  async run(progress) {
    const postgresql = await freeze('postgresql');
    progress(1, 2);
    const figures = { postgresql, mysql: await freeze('mysql') };
    progress(2, 2);
    const all = Object.values(figures);
    const worst = (of: (one: (typeof all)[number]) => number) => Math.ceil(Math.max(...all.map(of)));
    return {
      held: all.every(isRight),
      summary: `with a deadline of ${TIMEOUT_MS} ms answered after at most ${worst(({ answeredMs }) => answeredMs.max)} ms, /health/live p99 ${worst(({ liveMs }) => liveMs.p99)} ms, back after ${worst(({ backMs }) => backMs)} ms`,
      figures,
    };
  },
};
