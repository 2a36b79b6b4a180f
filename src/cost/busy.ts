import type { CompleteLoad } from './load.js';

const SECONDS_AN_HOUR = 3_600;

/** Of the month that instances run through. */
export const monthSeconds = ({ hoursPerMonth }: CompleteLoad): number => hoursPerMonth * SECONDS_AN_HOUR;

/**
 * Instances that the load keeps busy, were it spread evenly over the month: each serves `concurrency` requests at a time
 * and has `cores` to compute with. Real traffic has peaks, and needs more for them.
 */
export function busyInstances(load: CompleteLoad, cores: number): number {
  const { requests, durationMs, cpuMs, concurrency } = load;
  const atOnce = (ms: number) => (requests * (ms / 1000)) / monthSeconds(load);
  return Math.max(1, Math.ceil(atOnce(durationMs) / concurrency), Math.ceil(atOnce(cpuMs) / cores));
}
