import { Injectable } from '@nestjs/common';
import { RecentMap } from '../recent-map.js';

/** Far more seeds than a test run has; some 100 kB. */
const MAX_SEEDS = 1_000;
/** A client's timer may fire this much before its time. */
const EARLY_MS = 10;

/** Remembers when each seed was first refused. */
@Injectable()
export class RetryTimes {
  readonly #firstMs = new RecentMap<number>(MAX_SEEDS);

  /** @returns whole seconds still to wait, or `undefined` when the call may be answered */
  secondsLeft(seed: string, seconds: number): number | undefined {
    const key = `${seconds} ${seed}`;
    const nowMs = performance.now();
    const firstMs = this.#firstMs.get(key);
    this.#firstMs.set(key, firstMs ?? nowMs);
    if (firstMs === undefined) return seconds;
    const leftMs = firstMs + seconds * 1_000 - nowMs;
    return leftMs <= EARLY_MS ? undefined : Math.ceil(leftMs / 1_000);
  }
}
