/**
 * Where the time of one request goes. A request opens a meter; tools add to it under the
 * names that `Server-Timing` shows. Outside a request nothing is metered and nothing breaks.
 * It also keeps which rate limits a request was counted by, for its answer to tell.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { LoopHolder } from './stall-detector.js';

/** The parts of a request's time that `Server-Timing` names, in its order. */
export const meteredParts = ['db', 'upstream', 'queue', 'hash'] as const;
export type MeteredPart = (typeof meteredParts)[number];

export type LimitName = 'login' | 'login-email' | 'signup' | 'refresh' | 'password' | 'api' | 'anonymous';

/** A rate limit that a request was counted by: at most `count` in windows of `seconds`. */
export interface RateCount {
  readonly name: LimitName;
  readonly count: number;
  readonly seconds: number;
  /** Requests that this window still allows. */
  readonly left: number;
  /** When the window ends, in milliseconds since 1970. */
  readonly endsMs: number;
}

/** Milliseconds spent so far, by part. Parts that ran at the same time are each counted. */
export type RequestMeter = Partial<Record<MeteredPart, number>> & {
  /** When (on `performance.now()`) the request must be answered, where something outside sets that. */
  answerByMs?: number;
  /** Of the answer's body, where something outside sets one. */
  bodyLimit?: BodyLimit;
  /** In the order in which they were counted. */
  rateCounts?: RateCount[];
  /** The request as it is found on the event loop, where stalls are looked for. */
  holder?: LoopHolder;
};

/** What is larger never reaches the client. */
export interface BodyLimit {
  readonly bytes: number;
  /** How many of them a part of the body takes up, as whoever sets the limit counts. */
  sizeOf(part: string): number;
}

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

export const bodyLimit = (): BodyLimit | undefined => meters.getStore()?.bodyLimit;

/**
 * For an answer that takes longer than a request's limits of time allow. Call it within the request: what it returns
 * runs a step, wherever that is called, with limits of its own, and books its time on the request.
 */
export function meteredSteps(): <T>(step: () => Promise<T>) => Promise<T> {
  const request = meters.getStore() ?? {};
  return async (step) => {
    const { answerByMs, holder } = request;
    const own: RequestMeter = { ...(answerByMs !== undefined && { answerByMs }), ...(holder && { holder }) };
    try {
      return await withRequestMeter(own, step);
    } finally {
      for (const part of meteredParts)
        if (own[part] !== undefined) request[part] = (request[part] ?? 0) + own[part];
    }
  };
}

/** Keeps what this request was counted by; of the same limit the last word holds. */
export function noteRateCount(count: RateCount): void {
  const meter = meters.getStore();
  if (!meter) return;
  meter.rateCounts = meter.rateCounts?.filter(({ name }) => name !== count.name) ?? [];
  meter.rateCounts.push(count);
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
    meter.holder?.resume();
  }
}

/** Call where a request goes on after a wait that is not metered: what runs from here on is its doing. */
export function resumed(): void {
  meters.getStore()?.holder?.resume();
}
