import { each, fanOut } from '../outbound/fan-out.js';
import { pause } from '../workloads/pause.js';
import type { Strategy, TimedCall } from './fan-out.schema.js';

const rounded = (value: number, digits = 3): number => Number(value.toFixed(digits));

/**
 * Waits as calls to others are waited for, by the loop that batches and crawls go by.
 * @returns when each began and ended, in their order
 * @throws the signal's reason, as soon as it ends
 */
export async function timeCalls(
  n: number,
  ms: number,
  concurrency: number,
  signal: AbortSignal,
): Promise<Strategy> {
  const fromMs = performance.now();
  const nowMs = () => rounded(performance.now() - fromMs);
  const call = async (index: number): Promise<TimedCall> => {
    const startedMs = nowMs();
    await pause(ms, signal);
    return { index, startedMs, endedMs: nowMs() };
  };
  const calls: TimedCall[] = [];
  for await (const timed of fanOut(each(Array(n).keys()), concurrency, call)) calls[timed.index] = timed;
  const wallMs = nowMs();
  const sumMs = rounded(calls.reduce((sum, { startedMs, endedMs }) => sum + endedMs - startedMs, 0));
  return { concurrency, wallMs, sumMs, speedup: rounded(sumMs / wallMs, 2), calls };
}
