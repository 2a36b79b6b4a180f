/** What is said of a sample: never an average alone. */
export interface Spread {
  n: number;
  min: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

const round = (value: number): number => Number(value.toFixed(3));

/** Percentiles by nearest rank. @throws RangeError for an empty sample */
export function spread(sample: readonly number[]): Spread {
  if (sample.length === 0) throw new RangeError('an empty sample has no percentiles');
  const sorted = [...sample].sort((a, b) => a - b);
  const rank = (share: number) => round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number);
  return { n: sorted.length, min: rank(0), p50: rank(0.5), p95: rank(0.95), p99: rank(0.99), max: rank(1) };
}

export const median = (sample: readonly number[]): number => spread(sample).p50;
