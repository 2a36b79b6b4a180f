/**
 * How many calls an hour has left for each user. All processes take from the same hour, some calls at a time: one query
 * for each would be too many. What a process took and did not make is lost to the others until the hour ends.
 */
import { Problem } from '../problem.js';
import { RecentMap } from '../recent-map.js';

/** Where all processes count together. */
interface SharedCallHours {
  /** Takes `calls` of a user's hour, or what it has left of them. @throws when it cannot be asked */
  take(userId: string, calls: number): Promise<{ calls: number; leftMs: number }>;
}

export interface CallQuotaOptions {
  readonly callsPerHour: number;
  /** Calls taken at a time. */
  readonly block?: number;
  /** Without it each process has hours of its own. */
  readonly shared?: SharedCallHours | undefined;
  /** Told once each time that `shared` cannot be asked any more, and calls are counted by this process alone. */
  readonly onAlone?: (error: unknown) => void;
}

const HOUR_MS = 3_600_000;
/** Of an hour: four processes that each leave all but one of a block lose less than 2 % of it. */
const BLOCKS_AN_HOUR = 200;
/** Users whose hour is remembered; the one who took calls longest ago is forgotten for the next. */
const MAX_USERS = 100_000;
/** How long nobody waits for a database that has just failed. */
const ALONE_MS = 10_000;

interface Hour {
  readonly endsMs: number;
  /** Taken by this process so far. */
  taken: number;
  /** Of these, not made yet. */
  left: number;
  isUsedUp: boolean;
}

export class CallQuota {
  readonly #hours = new RecentMap<Hour>(MAX_USERS);
  readonly #taking = new Map<string, Promise<void>>();
  readonly #block: number;
  #aloneUntilMs = 0;
  #isAlone = false;

  constructor(private readonly options: CallQuotaOptions) {
    this.#block = options.block ?? Math.ceil(options.callsPerHour / BLOCKS_AN_HOUR);
  }

  /** Counts one call. @throws Problem OUTBOUND_QUOTA_USED */
  async count(userId: string): Promise<void> {
    for (;;) {
      const hour = this.#hourOf(userId);
      if (hour && hour.left > 0) {
        hour.left -= 1;
        return;
      }
      if (hour?.isUsedUp)
        throw new Problem(
          'OUTBOUND_QUOTA_USED',
          `At most ${this.options.callsPerHour} upstream calls an hour are made for one user.`,
          { retryAfterSeconds: (hour.endsMs - performance.now()) / 1_000 },
        );
      await this.#takeOnce(userId);
    }
  }

  /** Many calls at once take one block, not one each. */
  #takeOnce(userId: string): Promise<void> {
    const underWay = this.#taking.get(userId);
    if (underWay !== undefined) return underWay;
    const taking = this.#take(userId).finally(() => this.#taking.delete(userId));
    this.#taking.set(userId, taking);
    return taking;
  }

  async #take(userId: string): Promise<void> {
    const { shared, onAlone } = this.options;
    // Before it is asked: the hour must not seem to last longer here than it does there.
    const nowMs = performance.now();
    if (!shared || nowMs < this.#aloneUntilMs) return this.#takeAlone(userId);
    try {
      const { calls, leftMs } = await shared.take(userId, this.#block);
      this.#add(userId, nowMs + leftMs, calls);
      this.#isAlone = false;
    } catch (error) {
      this.#aloneUntilMs = performance.now() + ALONE_MS;
      if (!this.#isAlone) onAlone?.(error);
      this.#isAlone = true;
      this.#takeAlone(userId);
    }
  }

  #takeAlone(userId: string): void {
    const hour = this.#hourOf(userId);
    const left = Math.max(0, this.options.callsPerHour - (hour?.taken ?? 0));
    this.#add(userId, hour?.endsMs ?? performance.now() + HOUR_MS, Math.min(this.#block, left));
  }

  #add(userId: string, endsMs: number, calls: number): void {
    const taken = (this.#hourOf(userId)?.taken ?? 0) + calls;
    this.#hours.set(userId, { endsMs, taken, left: calls, isUsedUp: calls === 0 });
  }

  #hourOf(userId: string): Hour | undefined {
    const hour = this.#hours.get(userId);
    return hour && hour.endsMs > performance.now() ? hour : undefined;
  }
}
