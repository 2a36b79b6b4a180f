import type { RateLimit } from '../config.js';
import { RecentMap } from '../recent-map.js';

/** Callers whose window is remembered, a limit; the one whose window began first is forgotten for the next. */
const MAX_CALLERS = 100_000;

interface Window {
  points: number;
  readonly endsMs: number;
}

/** Counts that this process keeps to itself: they cost nothing, and are gone with it. */
export class OwnCounts {
  readonly #windows = new RecentMap<Window>(MAX_CALLERS);
  readonly #windowMs: number;

  constructor({ seconds }: RateLimit) {
    this.#windowMs = seconds * 1_000;
  }

  /** @returns how many there were in this window, this one included, and how long it lasts */
  add(whose: string): { points: number; leftMs: number } {
    const nowMs = performance.now();
    const known = this.#windows.get(whose);
    if (known && known.endsMs > nowMs) {
      known.points += 1;
      return { points: known.points, leftMs: known.endsMs - nowMs };
    }
    this.#windows.set(whose, { points: 1, endsMs: nowMs + this.#windowMs });
    return { points: 1, leftMs: this.#windowMs };
  }
}
