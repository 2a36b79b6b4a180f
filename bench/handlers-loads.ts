/** What the tutorials' client asks for, and how: the loads of `handlers`. */

/** Of FastAPI's own thread pool, and of the lab's in this comparison. */
export const POOL = 40;
const WAIT_S = 0.05;

/** As the tutorials' client has them. Its thread pool made 196 requests of 50 ms a second: those of ten threads. */
export const modes = [
  { mode: 'sequential', callers: 1 },
  { mode: 'thread pool of 10', callers: 10 },
  { mode: 'async, 100 at once', callers: 100 },
] as const;

type Side = 'Farebox' | 'FastAPI' | 'bare FastAPI' | 'node:http' | 'Fastify';

export interface Route {
  /** As both sides are asked where `paths` does not say otherwise. */
  path: string;
  paths?: Partial<Record<Side, string>>;
  does: string;
  sides: readonly Side[];
  counts: readonly number[];
  /** How many requests can wait at the same time in the server; absent where there is nothing but work. */
  width?: number;
  /** What each waits. */
  seconds?: number;
  /** What takes long: the rounds together are the count, but never fewer requests in one of them than callers. */
  isCutAlways?: boolean;
  /** One by one, and no other way. */
  isAloneOnly?: boolean;
  /** The trap is shown, and not a contest. */
  isTrap?: boolean;
}

const both = ['Farebox', 'FastAPI'] as const;

export const routes: readonly Route[] = [
  {
    path: '/wait',
    does: `waits 50 ms in a pool of ${POOL} threads`,
    sides: both,
    counts: [100, 1_000],
    width: POOL,
    seconds: WAIT_S,
  },
  {
    path: '/asyncwait',
    does: 'awaits 50 ms',
    sides: [...both, 'bare FastAPI', 'node:http', 'Fastify'],
    counts: [100, 1_000],
    width: Number.POSITIVE_INFINITY,
    seconds: WAIT_S,
  },
  { path: '/fib/30', does: 'works in the pool', sides: both, counts: [100, 1_000], isCutAlways: true },
  {
    path: '/asyncfib/20',
    does: 'works, awaiting each call',
    sides: both,
    counts: [100, 1_000],
    isCutAlways: true,
  },
  {
    path: '/asyncfib/30',
    does: 'the same, 123 times as much',
    sides: both,
    counts: [100],
    isAloneOnly: true,
  },
  {
    path: '/blockingwait',
    paths: { Farebox: '/lab/wait?ms=50&style=blocking' },
    does: 'holds the event loop for 50 ms',
    sides: both,
    counts: [100],
    width: 1,
    seconds: WAIT_S,
    isCutAlways: true,
    isTrap: true,
  },
];

/** What a run of some minutes has no time for, and why nothing is missed by it. */
export const LEFT_OUT =
  '/asyncfib/30 by several callers or 1,000 times, which takes an hour: the loop does one after the other, as /asyncfib/20 shows; /blockingwait 1,000 times, five minutes of 20 a second however many they are';

/** Requests of a round. What has no more in flight than one keeps no memory of the call before: it may be cut. */
export const callsOf = (
  { isCutAlways = false }: Route,
  { count, callers, rounds }: { count: number; callers: number; rounds: number },
): number => (isCutAlways || callers === 1 ? Math.max(callers, Math.ceil(count / rounds)) : count);

/**
 * Requests per second that the wait itself allows: `calls` go in waves, as wide as the narrower of callers and pool. Of
 * many calls it is the law pool / duration.
 */
export function idealOf({ width, seconds }: Route, callers: number, calls: number): number | undefined {
  if (width === undefined || seconds === undefined) return undefined;
  return calls / (Math.ceil(calls / Math.min(width, callers)) * seconds);
}
