/** One side under one load: a line of the tables of `handlers`, `noisy-neighbour`, `processes`, `tls` and `users`. */
import type { Calls } from './callers.js';
import { cpuMsBetween, usageOf } from './process-usage.js';
import type { Figure } from './scenario.js';
import { figure, median, spread } from './statistics.js';
import type { Subject } from './subject.js';
import { companionsOf, type Price, usdPerMillion } from './usd-per-million.js';
import type { Winner } from './winner.js';

export interface Cell {
  /** The load. */
  what: string;
  side: string;
  /** How many samples the figures are of. */
  rounds: number;
  /** Requests in each of them. */
  requests: Figure;
  perSecond: Figure;
  p50Ms: Figure;
  p99Ms: Figure;
  /** Of 1: not answered, or otherwise than with 200. */
  failed: Figure;
  /** Processor time of the server for a request, all processes and threads. */
  cpuMs: Figure;
  /** At p99; absent where several processes have a loop each. */
  loopDelayMs?: Figure;
  /** Of the server, all processes, when the load is over. */
  memoryMb: Figure;
  /** What a request takes where no other is beside it: what an instance of its own would be billed. */
  aloneMs: number;
  /** How many requests were in the server on average, each counted: a shared instance is paid for by so many. */
  companions: number;
  /** Of `aloneMs`; and of `p50Ms`, `companions` and `cpuMs`. */
  usdPerMillion: Price;
  /** What the wait itself allows, in requests per second. */
  ideal?: number;
  /** A figure of this side as a part of the same of another, round by round. */
  beside?: Beside;
  /** Of this cell against the other's. */
  winner?: Winner;
}

interface Beside {
  /** What is compared with what. */
  of: string;
  part: Figure;
  better: 'more' | 'less';
}

export interface CellSample {
  requests: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  failed: number;
  cpuMs: number;
  loopDelayMs?: number;
  memoryMb: number;
  /** Where it was asked beside: what a request takes alone. */
  aloneMs?: number;
}

interface Work extends Calls {
  /** Sent, and not answered with 200. */
  failed?: number;
}

/** Measures the server while `work` is done. */
export async function sampleCell(subject: Subject, work: () => Promise<Work>): Promise<CellSample> {
  await subject.renew?.();
  await subject.loopDelayMs?.();
  const before = usageOf(subject.pid);
  const { seconds, durationsMs, failed = 0 } = await work();
  const after = usageOf(subject.pid);
  const loopDelayMs = await subject.loopDelayMs?.();
  const requests = durationsMs.length + failed;
  const { p50, p99 } = spread(durationsMs);
  return {
    requests,
    perSecond: durationsMs.length / seconds,
    p50Ms: p50,
    p99Ms: p99,
    failed: failed / requests,
    cpuMs: cpuMsBetween(before, after) / requests,
    ...(loopDelayMs !== undefined && { loopDelayMs }),
    memoryMb: after.memoryMb,
  };
}

/** What a request takes alone, by samples of one caller. */
export const aloneMsOf = (samples: readonly CellSample[]): number =>
  median(samples.map(({ p50Ms }) => p50Ms));

/** For each sample so much of its time is asked by one caller, for what a request takes alone. */
export const PART_ALONE = 0.25;

/** @param aloneMs where the samples do not say. @throws RangeError where nobody does */
export function cellOf(
  {
    what,
    side,
    aloneMs: given,
    ...more
  }: Pick<Cell, 'what' | 'side' | 'ideal' | 'beside' | 'winner'> & { aloneMs?: number },
  samples: readonly CellSample[],
): Cell {
  const of = (name: keyof CellSample) => figure(samples.map((sample) => sample[name] ?? Number.NaN));
  const perSecond = of('perSecond');
  const p50Ms = of('p50Ms');
  const cpuMs = of('cpuMs');
  const aloneMs = given ?? of('aloneMs').median;
  const companions = companionsOf(perSecond.median, p50Ms.median);
  return {
    what,
    side,
    rounds: samples.length,
    requests: of('requests'),
    perSecond,
    p50Ms,
    p99Ms: of('p99Ms'),
    failed: of('failed'),
    cpuMs,
    ...(samples[0]?.loopDelayMs !== undefined && { loopDelayMs: of('loopDelayMs') }),
    memoryMb: of('memoryMb'),
    aloneMs,
    companions,
    usdPerMillion: usdPerMillion({ aloneMs, sharedMs: p50Ms.median, companions, cpuMs: cpuMs.median }),
    ...more,
  };
}
