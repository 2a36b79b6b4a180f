/** What is said of a sample. None of these takes an empty one. */

const TAIL = 0.025;

/** By nearest rank. */
export function percentile(sample: readonly number[], share: number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
}

/** The middle one, or the middle of the middle two. */
export function median(sample: readonly number[]): number {
  const sorted = [...sample].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] as number) + (sorted[Math.floor(half)] as number)) / 2;
}

export const mean = (sample: readonly number[]): number =>
  sample.reduce((sum, value) => sum + value, 0) / sample.length;

export type Interval = readonly [low: number, high: number];

/**
 * The 95 % interval of a median by bootstrap, of an odd number of repetitions. No resample is drawn: in which share of all
 * that there are the median is at most the k-th value is a binomial distribution. Of five the interval is from the least to
 * the greatest; that of a mean would be narrower, and of so few hold less often than it says.
 */
export function medianInterval(sample: readonly number[]): Interval {
  const sorted = [...sample].sort((a, b) => a - b);
  const valueAt = (share: number): number =>
    sorted.find((_, index) => shareWithMedianAtMost(index + 1, sorted.length) >= share) as number;
  return [valueAt(TAIL), valueAt(1 - TAIL)];
}

/** Of the resamples of n values: the median is one of the k least where at least half of the values drawn are. */
function shareWithMedianAtMost(k: number, n: number): number {
  let share = 0;
  for (let drawn = Math.ceil(n / 2); drawn <= n; drawn++)
    share += choose(n, drawn) * (k / n) ** drawn * (1 - k / n) ** (n - drawn);
  return share;
}

const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);

export const overlap = (a: Interval, b: Interval): boolean => a[0] <= b[1] && b[0] <= a[1];
