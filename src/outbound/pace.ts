import type { Deadline } from './deadline.js';
import { retryDelayMs } from './retry-delay.js';
import { UpstreamFailure } from './upstream-failure.js';

/** Node.js's longest; a timer that is to take longer goes off at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * How fast many calls to one API go. When it says that they are too many (429, or Retry-After), all of them wait, and
 * then fewer go at once: half as many after each such answer, one more after each good one (as TCP starts anew on a full
 * line; RFC 5681, 3.1).
 */
export class Pace {
  #allowed: number;
  #underWay = 0;
  #resumesMs = 0;
  /** In a row, with no good answer between them. */
  #slowdowns = 0;
  /** Of who waits for something to change. */
  readonly #waiting = new Set<() => void>();

  /** @param most at the same time, while nobody objects */
  constructor(private readonly most: number) {
    this.#allowed = most;
  }

  /** Milliseconds that nobody calls for. */
  get waitMs(): number {
    return Math.max(0, this.#resumesMs - performance.now());
  }

  /**
   * Runs `attempt` when its turn comes.
   * @param attempt says itself what its answer was, by `slowDown` or `speedUp`: afterwards others would have begun by then
   * @throws the deadline's reason when it ended first; UpstreamFailure at once where nobody may call before it ends
   */
  async run<T>(attempt: () => Promise<T>, deadline: Deadline): Promise<T> {
    for (;;) {
      // Read once: it may be over a moment later, and who has set no timer for it would wait for a turn that nobody gives back.
      const { waitMs } = this;
      if (waitMs === 0 && this.#underWay < this.#allowed) break;
      deadline.signal.throwIfAborted();
      if (waitMs >= deadline.leftMs())
        throw new UpstreamFailure('UPSTREAM_TIMEOUT', 'asks to be called later than there is time for');
      await this.#change(deadline.signal, waitMs);
    }
    this.#underWay += 1;
    try {
      return await attempt();
    } finally {
      this.#underWay -= 1;
      this.#tell();
    }
  }

  /** An answer said that it was too much. @param retryAfter the field, where there was one */
  slowDown(retryAfter: string | undefined): void {
    // Those that were sent at the same time say the same: only the first of them halves.
    if (this.waitMs === 0) {
      this.#slowdowns += 1;
      const atOnce = Math.min(this.#allowed, this.#underWay);
      this.#allowed = Math.max(1, Math.floor(atOnce / 2));
    }
    this.#resumesMs = Math.max(
      this.#resumesMs,
      performance.now() + retryDelayMs(this.#slowdowns, retryAfter),
    );
  }

  /** An answer was good. */
  speedUp(): void {
    this.#slowdowns = 0;
    if (this.#allowed < this.most) this.#allowed += 1;
    this.#tell();
  }

  #tell(): void {
    for (const tell of [...this.#waiting]) tell();
  }

  /** Resolves when a turn may have come; also when `until` ends. */
  #change(until: AbortSignal, waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timerMs = Math.min(Math.ceil(waitMs), MAX_TIMER_MS);
      const timer = waitMs > 0 ? setTimeout(() => changed(), timerMs) : undefined;
      const changed = () => {
        clearTimeout(timer);
        until.removeEventListener('abort', changed);
        this.#waiting.delete(changed);
        resolve();
      };
      until.addEventListener('abort', changed, { once: true });
      this.#waiting.add(changed);
    });
  }
}
