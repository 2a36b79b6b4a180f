/** The dollar column: what a million of such requests cost, computed by what `npm run cost` computes with. */
import { type Instances, perMillionUsd } from '../src/cost/per-million.js';

/** USD per million requests, by how many an instance serves at a time. */
export type Price = Record<Instances, number>;

/** What it is computed from: rows keep it, for `npm run cost -- --from`. */
interface Measured {
  /** What a request takes where it is alone, as on an instance of its own. */
  aloneMs: number;
  /** What it takes among those that share the server, and how many these are on average, itself counted. */
  sharedMs: number;
  companions: number;
  cpuMs: number;
}

const MOST_COMPANIONS = 1_000;
const rounded = (usd: number): number => Number(usd.toFixed(4));

/** By Little's law, as a whole number that can be priced. */
export const companionsOf = (perSecond: number, sharedMs: number): number =>
  Math.min(MOST_COMPANIONS, Math.max(1, Math.round((perSecond * sharedMs) / 1_000)));

/** Where an instance serves one request at a time. */
export const oneRequestUsd = (aloneMs: number): number =>
  rounded(perMillionUsd('oneRequest', { durationMs: aloneMs }));

export const usdPerMillion = ({ aloneMs, sharedMs, companions, cpuMs }: Measured): Price => ({
  oneRequest: oneRequestUsd(aloneMs),
  shared: rounded(perMillionUsd('shared', { durationMs: sharedMs, concurrency: companions, cpuMs })),
});
