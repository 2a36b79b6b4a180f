/** The dollar column: what a million of such requests cost, computed by what `npm run cost` computes with. */
import { type Instances, perMillionUsd } from '../src/cost/per-million.js';

/** USD per million requests, by how many an instance serves at a time. */
export type Price = Record<Instances, number>;

interface Measured {
  /** Of a request that is alone, as on an instance of its own. */
  ownMs: number;
  /** Of a request among those that share the server, and how many of them it answered a second. */
  sharedMs: number;
  perSecond: number;
  cpuMs: number;
}

const rounded = (usd: number): number => Number(usd.toFixed(4));

export function usdPerMillion({ ownMs, sharedMs, perSecond, cpuMs }: Measured): Price {
  // Little's law: so many were in the server on average.
  const concurrency = Math.min(1_000, Math.max(1, Math.round((perSecond * sharedMs) / 1_000)));
  return {
    oneRequest: rounded(perMillionUsd('oneRequest', { durationMs: ownMs })),
    shared: rounded(perMillionUsd('shared', { durationMs: sharedMs, concurrency, cpuMs })),
  };
}
