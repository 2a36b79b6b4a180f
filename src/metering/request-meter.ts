/**
 * Where the time of one request goes. A request opens a meter; tools add to it under the
 * names that `Server-Timing` shows. Outside a request nothing is metered and nothing breaks.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** The parts of a request's time that `Server-Timing` names, in its order. */
export const meteredParts = ['db', 'upstream', 'queue', 'hash'] as const;
export type MeteredPart = (typeof meteredParts)[number];

/** Milliseconds spent so far, by part. Parts that ran at the same time are each counted. */
export type RequestMeter = Partial<Record<MeteredPart, number>> & {
  /** When (on `performance.now()`) the request must be answered, where something outside sets that. */
  answerByMs?: number;
};

const meters = new AsyncLocalStorage<RequestMeter>();

/** Runs `work` with its own meter and hands the meter to it. */
export function withRequestMeter<T>(meter: RequestMeter, work: () => T): T {
  return meters.run(meter, work);
}

/** Milliseconds this request has spent in `part`; 0 outside a request. */
export function meteredMs(part: MeteredPart): number {
  return meters.getStore()?.[part] ?? 0;
}

/** When (on `performance.now()`) this request must be answered; Infinity where nothing says so. */
export function answerByMs(): number {
  return meters.getStore()?.answerByMs ?? Number.POSITIVE_INFINITY;
}

/** Awaits `work` and books its duration under `part`, also when it fails. */
export async function metered<T>(part: MeteredPart, work: () => Promise<T>): Promise<T> {
  const meter = meters.getStore();
  if (!meter) return work();
  const startedMs = performance.now();
  try {
    return await work();
  } finally {
    meter[part] = (meter[part] ?? 0) + performance.now() - startedMs;
  }
}
