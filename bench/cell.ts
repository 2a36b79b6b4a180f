/** One side under one load: a line of the tables of `handlers`, `noisy-neighbour`, `processes` and `tls`. */
import type { Calls } from './callers.js';
import { cpuMsBetween, usageOf } from './process-usage.js';
import type { Figure } from './scenario.js';
import { figure, spread } from './statistics.js';
import type { Subject } from './subject.js';
import { type Price, usdPerMillion } from './usd-per-million.js';
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

/** @param ownMs what a request takes where it is alone; without it the median of these */
export function cellOf(
  {
    what,
    side,
    ownMs,
    ...more
  }: Pick<Cell, 'what' | 'side' | 'ideal' | 'beside' | 'winner'> & { ownMs?: number },
  samples: readonly CellSample[],
): Cell {
  const of = (name: keyof CellSample) => figure(samples.map((sample) => sample[name] ?? Number.NaN));
  const perSecond = of('perSecond');
  const p50Ms = of('p50Ms');
  const cpuMs = of('cpuMs');
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
    usdPerMillion: usdPerMillion({
      ownMs: ownMs ?? p50Ms.median,
      sharedMs: p50Ms.median,
      perSecond: perSecond.median,
      cpuMs: cpuMs.median,
    }),
    ...more,
  };
}
