import { Injectable } from '@nestjs/common';
import { RecentMap } from '../recent-map.js';

/** Far more seeds than a test run has; some 100 kB. */
const MAX_SEEDS = 1_000;
const WINDOW_MS = 1_000;

interface Window {
  readonly startedMs: number;
  calls: number;
}

/** Counts the calls of each seed, second by second: the next second begins with the first call after the one before. */
@Injectable()
export class PageRates {
  readonly #windows = new RecentMap<Window>(MAX_SEEDS);

  /** Whether this call is one more than `perSecond`. Those that are refused count too, as with most limiters. */
  isOver(perSecond: number, seed: string): boolean {
    const nowMs = performance.now();
    let window = this.#windows.get(seed);
    if (!window || nowMs - window.startedMs >= WINDOW_MS) {
      window = { startedMs: nowMs, calls: 0 };
      this.#windows.set(seed, window);
    }
    window.calls += 1;
    return window.calls > perSecond;
  }
}
