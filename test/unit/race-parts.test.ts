/** What a race says of its figures, and what it may not say. */
import { describe, expect, test } from 'vitest';
import type { NewRace } from '#dist/lab/races/new-race.schema.js';
import { RaceEvents } from '#dist/lab/races/race-events.js';
import { likelyMs, MAX_LIKELY_MS, mostRequests, repetitionsOf } from '#dist/lab/races/race-plan.js';
import { type Measured, raceTable } from '#dist/lab/races/race-table.js';
import type { Repetition } from '#dist/lab/races/repetition.js';
import { median, medianInterval, percentile } from '#dist/lab/races/statistics.js';
import type { Style } from '#dist/workloads/style.js';

const THREADS = 4;
const wait: NewRace = {
  workload: 'wait',
  ms: 50,
  styles: ['blocking', 'async', 'worker'],
  requests: 100,
  concurrency: 10,
};

/** Ten requests in so many milliseconds. */
const repetition = (style: Style, durationMs: number, aloneMs = 50.2): Repetition => ({
  style,
  durationMs,
  aloneMs: [aloneMs, aloneMs],
  latenciesMs: Array.from({ length: 10 }, (_, index) => 50 + index),
  victimMs: [1, 2, 3],
  cpuMs: 5,
  loopMeanMs: 0.5,
  loopMaxMs: 3,
  memoryMb: 100,
});
const repetitions = (style: Style, durationsMs: number[], aloneMs?: number) =>
  durationsMs.map((durationMs) => repetition(style, durationMs, aloneMs));
const tableOf = (all: Repetition[], over: Partial<Measured> = {}) =>
  raceTable(
    { repetitions: all, idleMs: [1], isComplete: true, ...over },
    ['blocking', 'async', 'worker'],
    THREADS,
  );

describe('the statistics', () => {
  test('take percentiles by nearest rank, and the middle of the middle two', () => {
    const sample = [4, 1, 3, 2];
    expect([0, 0.25, 0.5, 0.51, 1].map((share) => percentile(sample, share))).toEqual([1, 1, 2, 3, 4]);
    expect([median(sample), median([5, 1, 2])]).toEqual([2.5, 2]);
  });

  test('give the interval of a median that all resamples together give', () => {
    expect(medianInterval([3, 1, 5, 2, 4])).toEqual([1, 5]);
    expect(medianInterval([7, 7, 7, 7, 7])).toEqual([7, 7]);
    const resamples = (sample: number[], size = sample.length): number[][] =>
      size === 0
        ? [[]]
        : resamples(sample, size - 1).flatMap((rest) => sample.map((value) => [...rest, value]));
    for (const sample of [
      [1, 2, 3],
      [1, 2, 4, 8, 16],
    ]) {
      const medians = resamples(sample).map(median);
      expect(medianInterval(sample)).toEqual([percentile(medians, 0.025), percentile(medians, 0.975)]);
    }
    const [low, high] = medianInterval([1, 2, 3, 4, 5, 6, 7]);
    expect([low > 1, high < 7]).toEqual([true, true]);
  });
});

describe('the plan', () => {
  test('splits all requests among five repetitions, after a warm-up like the first', () => {
    expect(repetitionsOf(100)).toEqual([20, 20, 20, 20, 20, 20]);
    expect(repetitionsOf(7)).toEqual([2, 2, 2, 1, 1, 1]);
    expect(repetitionsOf(2)).toEqual([1, 1, 1]);
  });

  test('expects of each style what its work takes', () => {
    const alone = (style: Style) => likelyMs({ ...wait, styles: [style] }, THREADS);
    expect(alone('blocking')).toBeGreaterThan(120 * 50);
    expect(alone('worker')).toBeGreaterThan((120 / THREADS) * 50);
    expect(alone('worker')).toBeLessThan(alone('blocking'));
    expect(alone('async')).toBeLessThan(alone('worker'));
    expect(likelyMs(wait, THREADS)).toBeLessThan(MAX_LIKELY_MS);
  });

  test('finds the most requests that end in time', () => {
    const slow: NewRace = { ...wait, ms: 500, requests: 1_000 };
    const most = mostRequests(slow, THREADS);
    expect(most).toBeGreaterThan(0);
    expect(likelyMs({ ...slow, requests: most }, THREADS)).toBeLessThanOrEqual(MAX_LIKELY_MS);
    expect(likelyMs({ ...slow, requests: most + 1 }, THREADS)).toBeGreaterThan(MAX_LIKELY_MS);
  });
});

describe('the table', () => {
  const blocking = repetitions('blocking', [500, 505, 510, 500, 502]);
  const async = repetitions('async', [52, 53, 51, 52, 55], 50.9);

  test('names the faster, how much faster, and what a million requests cost either way', () => {
    const { contestants, verdict } = tableOf([...blocking, ...async]);
    expect(contestants.map(({ style, requestsPerSecond }) => [style, requestsPerSecond])).toEqual([
      ['blocking', { median: 19.92, min: 19.61, max: 20, interval95: [19.61, 20] }],
      ['async', { median: 192.3, min: 181.8, max: 196.1, interval95: [181.8, 196.1] }],
    ]);
    // 51 begun ms of 0.5 GB are $0.34 of arm64, and the request $0.2 a million (aws.amazon.com/lambda/pricing, 2026-11).
    for (const { usdPerMillion } of contestants) expect(usdPerMillion.oneRequestInstance?.median).toBe(0.54);
    expect(verdict).toMatch(
      /^async answers 192\.3 requests a second, 9\.7 times as many as blocking \(19\.92\); .*cost the same in each style \(\$0\.54\); .*\$0\.\d+ with async, \$1\.\d+ with blocking\.$/,
    );
  });

  test('tells no difference where the intervals overlap', () => {
    const worker = repetitions('worker', [54, 51, 52, 53, 56]);
    const { verdict } = tableOf([...async, ...worker]);
    expect(verdict).toMatch(
      /^between async \(192\.3\) and worker \(188\.7\) no difference in requests a second can be told; /,
    );
    expect(verdict).not.toMatch(/times as many/);
    expect(tableOf([...blocking, ...async, ...worker]).verdict).toMatch(
      /can be told, blocking \(19\.92\) answers fewer; /,
    );
  });

  test('has neither interval, price nor comparison of fewer than five repetitions', () => {
    const { contestants, verdict } = tableOf([...blocking, ...async.slice(0, 4)]);
    expect(contestants[1]).toMatchObject({
      requestsPerSecond: { interval95: null },
      usdPerMillion: { oneRequestInstance: null, sharedInstance: null },
    });
    expect(verdict).toBe(
      'With fewer than five repetitions of each style nothing is compared, and nothing has a price.',
    );
  });

  test('is what there was when the time was over, and says so', () => {
    const table = tableOf(blocking.slice(0, 2), { isComplete: false });
    expect(table).toMatchObject({
      complete: false,
      contestants: [{ style: 'blocking', repetitions: 2, n: 20 }],
    });
    expect(table.verdict).toMatch(/^The time was over before the race was\. /);
    expect(tableOf([], { idleMs: [], isComplete: false })).toMatchObject({
      contestants: [],
      victimIdleMs: null,
    });
  });

  test('counts on one core: an instance is busy for as long as it computes', () => {
    const priceOf = (all: Repetition[]) => tableOf(all).contestants[0]?.usdPerMillion.sharedInstance?.median;
    const computed = async.map((one) => ({ ...one, cpuMs: 10 * one.durationMs }));
    const waited = async.map((one) => ({ ...one, durationMs: 10 * one.durationMs }));
    expect(priceOf(computed)).toBeCloseTo(priceOf(waited) as number, 3);
    expect(priceOf(computed)).toBeGreaterThan(priceOf(async) as number);
  });
});

describe('the events', () => {
  test('say that the connection lives while there is nothing to say, and end for who has left', async () => {
    const events = new RaceEvents(1);
    const reader = new AbortController();
    const texts = events.from(0, reader.signal);
    const next = async () => (await texts.next()).value;
    expect([await next(), await next(), await next()]).toEqual([':\n\n', ':\n\n', ':\n\n']);
    events.say('progress', { done: 1 });
    expect(await next()).toBe('id: 1\nevent: progress\ndata: {"done":1}\n\n');
    const waiting = new RaceEvents().from(0, reader.signal);
    await waiting.next();
    const last = waiting.next();
    reader.abort();
    expect([await last, await next()]).toEqual([{ value: undefined, done: true }, undefined]);
  });
});
