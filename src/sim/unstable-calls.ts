import { Injectable } from '@nestjs/common';
import { RecentMap } from '../recent-map.js';
import { fractionOf } from './fraction-of.js';

/** Far more seeds than a test run has; some 100 kB. */
const MAX_SEEDS = 1_000;

/** Counts the calls of each seed: whether one fails follows from seed and count alone. */
@Injectable()
export class UnstableCalls {
  readonly #counts = new RecentMap<number>(MAX_SEEDS);

  next(seed: string, rate: number): { call: number; ok: boolean } {
    const call = (this.#counts.get(seed) ?? 0) + 1;
    this.#counts.set(seed, call);
    return { call, ok: fractionOf('unstable', seed, call) >= rate };
  }
}
