import { RecentMap } from '../recent-map.js';

/** Where more are denied at the same time, the first to come costs a query again. */
const MAX_KEYS = 10_000;

/**
 * Who is denied until when, so that it costs no query to say so again. In the place of rate-limiter-flexible's own,
 * which has no bound and looks through all of them for each new one beyond 1,000.
 */
export class DeniedKeys {
  readonly #untilMs = new RecentMap<number>(MAX_KEYS);

  addMs(key: string, leftMs: number): void {
    this.#untilMs.set(key, performance.now() + leftMs);
  }

  /** 0: not denied. */
  msBeforeExpire(key: string): number {
    return Math.max(0, (this.#untilMs.get(key) ?? 0) - performance.now());
  }
}
