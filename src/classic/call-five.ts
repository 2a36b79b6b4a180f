import { each, fanOut } from '../outbound/fan-out.js';
import { Problem } from '../problem.js';
import type { Round } from './classic.schema.js';

const ids = [1, 2, 3, 4, 5];

/**
 * @param origin whose `/items/1` to `/items/5` are called
 * @param ms what each is asked to take
 * @throws Problem UPSTREAM_UNREACHABLE; the signal's reason when it ended first
 */
export async function callFive(
  origin: string,
  ms: number,
  concurrency: number,
  signal: AbortSignal,
): Promise<Round> {
  const fromMs = performance.now();
  const call = async (id: number) => {
    const answer = await fetch(`${origin}/items/${id}?ms=${ms}`, { signal, redirect: 'manual' });
    // Read, so that its connection serves the next one.
    await answer.arrayBuffer();
    return { id, status: answer.status };
  };
  const statuses: number[] = [];
  try {
    for await (const { id, status } of fanOut(each(ids), concurrency, call)) statuses[id - 1] = status;
  } catch (error) {
    signal.throwIfAborted();
    throw new Problem('UPSTREAM_UNREACHABLE', 'This server does not reach itself.', { cause: error });
  }
  return { seconds: Number(((performance.now() - fromMs) / 1000).toFixed(3)), statuses };
}
