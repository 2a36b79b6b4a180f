import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from '../../bench/client.js';
import { processState } from './process-state.js';
import type { ServedFunction } from './served-function.js';
import type { ThrowawayServer } from './throwaway-server.js';

/** How a database takes leave of a function that is frozen. @returns how many connections it closed */
const closings = {
  'connections ended': async (database: ThrowawayServer): Promise<number> => {
    const ended = await database.query(
      'SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    return (ended as unknown[]).length;
  },
  restart: async (database: ThrowawayServer): Promise<number> => {
    const [{ count } = { count: 0 }] = (await database.query(
      'SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    )) as { count: number }[];
    await database.restart();
    return count;
  },
};

export interface ThawRound {
  closing: keyof typeof closings;
  closedConnections: number;
  /** Of the request that thawed it. */
  status: number;
  durationMs: number;
  /** Whether the process that was frozen has answered. */
  isSameProcess: boolean;
}

const POLL_MS = 2;
/** More than a busy machine needs. */
const FREEZE_LIMIT_MS = 20_000;

async function untilFrozen({ instances }: ServedFunction): Promise<number> {
  const [pid] = instances.pids as [number];
  const untilMs = performance.now() + FREEZE_LIMIT_MS;
  while (processState(pid) !== 'T') {
    if (performance.now() > untilMs)
      throw new Error(
        `Process ${pid} is not frozen but "${processState(pid)}", ${FREEZE_LIMIT_MS / 1000} s after its answer.`,
      );
    await pause(POLL_MS);
  }
  return pid;
}

/**
 * A request, then the freeze; frozen, the database closes the function's connections; the next request thaws it.
 * @param ask makes the request, which needs the database
 */
export async function* thawRounds(
  count: number,
  fn: ServedFunction,
  database: ThrowawayServer,
  ask: () => Promise<Answer>,
): AsyncGenerator<ThawRound> {
  const kinds = Object.keys(closings) as ThawRound['closing'][];
  for (let round = 0; round < count; round += 1) {
    const before = await ask();
    if (before.status !== 200) throw new Error(`Before it was frozen: ${before.status} ${before.body}`);
    const pid = await untilFrozen(fn);
    const closing = kinds[round % kinds.length] as ThawRound['closing'];
    const closedConnections = await closings[closing](database);
    const { status, durationMs } = await ask();
    yield {
      closing,
      closedConnections,
      status,
      durationMs,
      isSameProcess: fn.instances.pids.join() === String(pid),
    };
  }
}
