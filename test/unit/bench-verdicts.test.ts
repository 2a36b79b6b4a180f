/** What the bench may say of two sides, and of a run beside its record. */
import { expect, test } from 'vitest';
import { type Compared, compareWithRecord } from '../../bench/compare-with-record.js';
import { callsOf, idealOf, type Route, routes } from '../../bench/handlers-loads.js';
import { machineDifference } from '../../bench/machine-difference.js';
import { cpuMsBetween, usageOf } from '../../bench/process-usage.js';
import { companionsOf, usdPerMillion } from '../../bench/usd-per-million.js';
import { winnerOf } from '../../bench/winner.js';
import { cpuMs } from '../support/cpu-ms.js';

const from = (min: number, max: number) => ({ median: (min + max) / 2, min, max });
const more = { rounds: 5, better: 'more' } as const;

test('a winner is named only where the spreads do not overlap', () => {
  expect(winnerOf(from(110, 120), from(90, 109), more)).toBe('ahead');
  expect(winnerOf(from(90, 109), from(110, 120), more)).toBe('behind');
  expect(winnerOf(from(100, 120), from(90, 101), more)).toBe('not told apart');
  expect(winnerOf(from(100, 120), from(90, 100), more)).toBe('not told apart');
  expect(winnerOf(from(10, 11), from(20, 21), { ...more, better: 'less' })).toBe('ahead');
});

test('two rounds name no winner, however far apart', () => {
  expect(winnerOf(from(200, 201), from(1, 2), { ...more, rounds: 2 })).toBe('not told apart');
});

test('it is a tie where both reach 95 % of what the wait allows, spreads apart or not', () => {
  expect(winnerOf(from(198, 199), from(191, 192), { ...more, ideal: 200 })).toBe('tie');
  expect(winnerOf(from(198, 199), from(187, 188), { ...more, ideal: 200 })).toBe('ahead');
});

test('what a wait allows goes in waves as wide as the narrower of callers and pool', () => {
  const [wait, asyncWait] = routes as [(typeof routes)[number], (typeof routes)[number]];
  expect(idealOf(wait, 1, 100)).toBeCloseTo(20);
  expect(idealOf(wait, 10, 1_000)).toBeCloseTo(200);
  // The law pool / duration, and the hundred that do not fill their third wave.
  expect(idealOf(wait, 100, 1_000)).toBeCloseTo(800);
  expect(idealOf(wait, 100, 100)).toBeCloseTo(100 / 0.15);
  expect(idealOf(asyncWait, 100, 1_000)).toBeCloseTo(2_000);
});

test('a round has never fewer requests than callers, and what may be cut has its count in all rounds together', () => {
  const calls = (route: object, count: number, callers: number) =>
    callsOf(route as Route, { count, callers, rounds: 3 });
  expect(calls({}, 1_000, 100)).toBe(1_000);
  expect(calls({}, 1_000, 1)).toBe(334);
  expect(calls({ isCutAlways: true }, 1_000, 100)).toBe(334);
  expect(calls({ isCutAlways: true }, 100, 10)).toBe(34);
  expect(calls({ isCutAlways: true }, 100, 100)).toBe(100);
});

const compared = (min: number, max: number, given: Partial<Compared> = {}): Compared => ({
  what: 'get',
  part: from(min, max),
  better: 'more',
  rounds: 5,
  ...given,
});
const verdict = (was: Compared, now: Compared) => compareWithRecord([was], [now])[0]?.verdict;

test('a run is worse than its record where the spreads are apart by more than the tolerance', () => {
  expect(verdict(compared(0.7, 0.8), compared(0.5, 0.6))).toBe('worse');
  expect(verdict(compared(0.5, 0.6), compared(0.7, 0.8))).toBe('better');
  const less = { better: 'less' } as const;
  expect(verdict(compared(1.0, 1.1, less), compared(1.4, 1.6, less))).toBe('worse');
  expect(verdict(compared(1.4, 1.6, less), compared(1.0, 1.1, less))).toBe('better');
});

test('a run is as it was where the spreads overlap, or lie apart by less than a tenth', () => {
  expect(verdict(compared(0.7, 0.9), compared(0.4, 0.7))).toBe('as it was');
  expect(verdict(compared(0.7, 0.71), compared(0.67, 0.68))).toBe('as it was');
});

test('what cannot be compared is said and fails nothing', () => {
  expect(verdict(compared(0.7, 0.8), compared(0.1, 0.2, { rounds: 2 }))).toBe('too few rounds');
  expect(compareWithRecord([compared(1, 2)], [compared(1, 2, { what: 'list' })])).toEqual([
    { what: 'list', now: from(1, 2), verdict: 'not in the record' },
    { what: 'get', was: from(1, 2), verdict: 'not measured' },
  ]);
});

test('names what tells two machines apart', () => {
  const machine = { cores: 2, cpu: 'a', memoryGiB: 24, node: 'v20', platform: 'linux x64' } as never;
  expect(machineDifference(machine, machine)).toBe('');
  expect(machineDifference(machine, { ...(machine as object), cores: 8 } as never)).toBe('cores 2, now 8');
});

test('waits cost the same in any style where an instance serves one request, and not where it is shared', () => {
  const priced = (perSecond: number) =>
    usdPerMillion({ aloneMs: 50, sharedMs: 50, companions: companionsOf(perSecond, 50), cpuMs: 0.5 });
  const [blocking, awaited] = [priced(20), priced(2_000)];
  expect(awaited.oneRequest).toBe(blocking.oneRequest);
  expect(awaited.shared).toBeLessThan(blocking.shared / 5);
});

test('processor time of a server is never lost with a thread that has ended', () => {
  const usage = (threadsMs: Record<string, number>, ticksMs: number) => ({
    threadsMs: new Map(Object.entries(threadsMs)),
    ticksMs,
    memoryMb: 1,
  });
  const before = usage({ main: 100, worker: 50 }, 150);
  expect(cpuMsBetween(before, usage({ main: 104.5, worker: 50 }, 150))).toBeCloseTo(4.5);
  expect(cpuMsBetween(before, usage({ main: 104.5, new: 3 }, 170))).toBe(20);
});

test('the processor time of this process is counted, its threads and children with it', () => {
  const before = usageOf(process.pid);
  const untilMs = cpuMs() + 50;
  while (cpuMs() < untilMs);
  const used = cpuMsBetween(before, usageOf(process.pid));
  expect(used).toBeGreaterThan(5);
  expect(usageOf(process.pid).memoryMb).toBeGreaterThan(20);
});
