import type { Answer } from '../../bench/client.js';
import type { ServedFunction } from './served-function.js';
import type { ThrowawayServer } from './throwaway-server.js';

interface OutOfTime {
  /** Of the request that the database did not answer. */
  status: number;
  code: string;
  /** What was left of the function's time. */
  leftMs: number;
  /** Of the next request, when the database answers again. */
  nextStatus: number;
  /** Whether the process was left alive, and has answered the next one too. */
  isSameProcess: boolean;
}

/** A request while the database accepts and does not answer, and the one after it. */
export async function runOutOfTime(
  timeoutMs: number,
  { instances, served }: ServedFunction,
  database: ThrowawayServer,
  ask: () => Promise<Answer>,
): Promise<OutOfTime> {
  await ask();
  const before = instances.pids.join();
  database.freeze();
  const late = await ask();
  database.thaw();
  const durationMs = served.at(-1)?.result?.report.durationMs ?? Number.POSITIVE_INFINITY;
  const next = await ask();
  return {
    status: late.status,
    code: (JSON.parse(late.body) as { code?: string }).code ?? 'none',
    leftMs: Math.floor(timeoutMs - durationMs),
    nextStatus: next.status,
    isSameProcess: instances.pids.join() === before,
  };
}
