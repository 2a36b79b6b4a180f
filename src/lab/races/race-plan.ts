/** What a race does, before it does it: its repetitions, and how long they are likely to take. */
import { availableParallelism } from 'node:os';
import type { Style } from '../../workloads/style.js';
import type { NewRace } from './new-race.schema.js';

/** Below that nothing is compared and nothing priced. */
export const MIN_REPETITIONS = 5;
/** Of each style in each repetition, with nothing else under way: what one request takes by itself. */
export const ALONE_REQUESTS = 2;
/** What is likely to take longer is not begun. */
export const MAX_LIKELY_MS = 45_000;

/** Of each request beside its work: the client, the connection, the framework. Measured 0.5 ms, on a busy machine 2. */
const OVERHEAD_MS = 2;
/** Of the two processes, and of the probe alone. */
const START_MS = 4_000;
/** fib(n) takes this times the golden ratio to the n; measured 3.5 ns on an idle machine, 6 to 10 on a busy one (Node 20 and 24). */
const FIB_MS = 8e-6;
const GOLDEN_RATIO = (1 + Math.sqrt(5)) / 2;
/**
 * What awaiting each call costs: measured 12 to 30 times the work in a bare program, 40 to 60 in the server, where each
 * await takes its request's context along (Node 20).
 */
const AWAITED_TIMES = 60;

/** How many requests each repetition has; the first is a warm-up, of which nothing is kept. */
export function repetitionsOf(requests: number): number[] {
  const count = Math.min(MIN_REPETITIONS, requests);
  const shares = Array.from(
    { length: count },
    (_, index) => Math.floor(requests / count) + (index < requests % count ? 1 : 0),
  );
  return [shares[0] ?? 0, ...shares];
}

/** Of all styles, the warm-up included. */
export const requestsInAll = ({ styles, requests }: NewRace): number =>
  styles.length * repetitionsOf(requests).reduce((sum, count) => sum + count, 0);

/** Milliseconds that the whole race is likely to take. */
export function likelyMs(race: NewRace, threads: number): number {
  const ofStyles = race.styles.map((style) => likelyMsOf(race, style, threads));
  return START_MS + ofStyles.reduce((sum, ms) => sum + ms, 0);
}

function likelyMsOf(race: NewRace, style: Style, threads: number): number {
  const { requests, concurrency } = race;
  const workMs = workMsOf(race, style);
  const sharedBy = Math.min(concurrency, atOnce(race, style, threads));
  const repetitions = repetitionsOf(requests);
  const rounds = repetitions.map((count) => Math.ceil(count / sharedBy) * workMs + count * OVERHEAD_MS);
  const alone = repetitions.length * ALONE_REQUESTS * (workMs + OVERHEAD_MS);
  return rounds.reduce((sum, ms) => sum + ms, 0) + alone;
}

/** Milliseconds of one request's work by itself. */
function workMsOf(race: NewRace, style: Style): number {
  if (race.workload === 'wait') return race.ms;
  return FIB_MS * GOLDEN_RATIO ** race.n * (style === 'async' ? AWAITED_TIMES : 1);
}

/** How many requests' work goes on at the same time: waits by the thread, work by the core. */
function atOnce({ workload }: NewRace, style: Style, threads: number): number {
  if (style === 'blocking') return 1;
  if (style === 'worker') return workload === 'wait' ? threads : Math.min(threads, availableParallelism());
  return workload === 'wait' ? Number.POSITIVE_INFINITY : 1;
}

/** The most requests that would end in time; 0: not even one does. */
export function mostRequests(race: NewRace, threads: number): number {
  let [fits, tooMany] = [0, race.requests + 1];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (likelyMs({ ...race, requests: middle }, threads) <= MAX_LIKELY_MS) fits = middle;
    else tooMany = middle;
  }
  return fits;
}

/** What a contestant is asked for, from its own server. */
export const pathOf = (race: NewRace, style: Style): string =>
  race.workload === 'wait' ? `/lab/wait?ms=${race.ms}&style=${style}` : `/lab/fib/${race.n}?style=${style}`;
