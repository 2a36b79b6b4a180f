import { mean, percentile } from '../src/lab/races/statistics.js';
import type { Figure } from './scenario.js';

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
  const rank = (share: number) => round(percentile(sample, share));
  return { n: sample.length, min: rank(0), p50: rank(0.5), p95: rank(0.95), p99: rank(0.99), max: rank(1) };
}

export const median = (sample: readonly number[]): number => spread(sample).p50;

/** Of the rounds that counted. */
export function figure(sample: readonly number[]): Figure {
  const { p50, min, max } = spread(sample);
  return { median: p50, min, max };
}

/** Of the line through the points that lies nearest to them (least squares), per unit of the first coordinate. */
export function slope(points: readonly (readonly [number, number])[]): number {
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const covariance = mean(points.map(([x, y]) => (x - meanX) * (y - meanY)));
  return round(covariance / mean(points.map(([x]) => (x - meanX) ** 2)));
}
