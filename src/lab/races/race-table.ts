/** A race's figures, put together from its repetitions. */
import type { Style } from '../../workloads/style.js';
import { MIN_REPETITIONS } from './race-plan.js';
import { oneRequestInstanceUsd, pricedAt, sharedInstanceUsd } from './race-prices.js';
import type { RaceContestant, RaceTable, RaceVictim } from './races.schema.js';
import { billedMs, cpuMsARequest, instanceMs, perSecond, type Repetition, requestsOf } from './repetition.js';
import { mean, median, medianInterval, percentile } from './statistics.js';
import { verdictOn } from './verdict.js';

export interface Measured {
  readonly repetitions: readonly Repetition[];
  /** Of the probe alone; empty where it did not come to that. */
  readonly idleMs: readonly number[];
  readonly isComplete: boolean;
}

const rounded = (value: number): number => Number(value.toPrecision(4));

export function raceTable(
  { repetitions, idleMs, isComplete }: Measured,
  styles: readonly Style[],
  threads: number,
): RaceTable {
  const contestants = styles.flatMap((style) => {
    const own = repetitions.filter((one) => one.style === style);
    return own.length === 0 ? [] : [contestant(style, own)];
  });
  return {
    contestants,
    victimIdleMs: idleMs.length === 0 ? null : victim(idleMs),
    threads,
    memoryMb: rounded(Math.max(0, ...repetitions.map(({ memoryMb }) => memoryMb))),
    pricedAt,
    complete: isComplete,
    verdict: `${isComplete ? '' : 'The time was over before the race was. '}${verdictOn(contestants)}`,
  };
}

function contestant(style: Style, own: readonly Repetition[]): RaceContestant {
  const rates = own.map(perSecond);
  const latencies = own.flatMap(({ latenciesMs }) => latenciesMs);
  const isEnough = own.length >= MIN_REPETITIONS;
  const told = (sample: readonly number[]) =>
    isEnough ? { median: rounded(median(sample)), interval95: intervalOf(sample) } : null;
  const oneRequestUsd = own.map((one) => mean(billedMs(one).map(oneRequestInstanceUsd)));
  const sharedUsd = own.map((one) => sharedInstanceUsd(instanceMs(one), cpuMsARequest(one)));
  return {
    style,
    repetitions: own.length,
    n: latencies.length,
    requestsPerSecond: {
      median: rounded(median(rates)),
      min: rounded(Math.min(...rates)),
      max: rounded(Math.max(...rates)),
      interval95: isEnough ? intervalOf(rates) : null,
    },
    latencyMs: {
      p50: rounded(percentile(latencies, 0.5)),
      p95: rounded(percentile(latencies, 0.95)),
      p99: rounded(percentile(latencies, 0.99)),
    },
    loopDelayMs: {
      mean: rounded(mean(own.map(({ loopMeanMs }) => loopMeanMs))),
      max: rounded(Math.max(...own.map(({ loopMaxMs }) => loopMaxMs))),
    },
    cpuMs: rounded(own.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / latencies.length),
    billedMs: rounded(median(own.map((one) => mean(billedMs(one))))),
    instanceMs: rounded(median(own.map(instanceMs))),
    victimMs: victim(own.flatMap(({ victimMs }) => victimMs)),
    usdPerMillion: {
      oneRequestInstance: told(oneRequestUsd),
      sharedInstance: told(sharedUsd),
    },
  };
}

function intervalOf(sample: readonly number[]): [number, number] {
  const [low, high] = medianInterval(sample);
  return [rounded(low), rounded(high)];
}

const victim = (durationsMs: readonly number[]): RaceVictim => ({
  n: durationsMs.length,
  p50: rounded(percentile(durationsMs, 0.5)),
  p99: rounded(percentile(durationsMs, 0.99)),
  max: rounded(Math.max(...durationsMs)),
});

/** What is told of one repetition while the race goes on. */
export const resultOf = (one: Repetition, repetition: number) => ({
  style: one.style,
  repetition,
  n: requestsOf(one),
  requestsPerSecond: rounded(perSecond(one)),
  latencyMs: { p50: rounded(percentile(one.latenciesMs, 0.5)), max: rounded(Math.max(...one.latenciesMs)) },
  victimMs: victim(one.victimMs),
});
