import type { Figure, SideFigures } from './scenario.js';
import { figure } from './statistics.js';

/** What one side did in one round. */
export interface Sample {
  perSecond: number;
  p99Ms: number;
  cpuMs: number;
}

export const sideFigures = (samples: readonly Sample[]): SideFigures => ({
  perSecond: figure(samples.map(({ perSecond }) => Math.round(perSecond))),
  p99Ms: figure(samples.map(({ p99Ms }) => p99Ms)),
  cpuMs: figure(samples.map(({ cpuMs }) => cpuMs)),
});

/** One side's rate as a part of the other's, round by round. */
export const ratioOf = (samples: readonly Sample[], bare: readonly Sample[]): Figure =>
  figure(samples.map(({ perSecond }, round) => perSecond / (bare[round] as Sample).perSecond));
