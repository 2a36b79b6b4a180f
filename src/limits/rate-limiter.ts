/**
 * How often callers may do what is expensive or can be guessed, and all the rest. The first is counted in the database,
 * for all processes together; the rest by each process (docs/operations.md says what by what).
 */
import type { RateLimit, RateLimits } from '../config.js';
import type { Database } from '../database/database.js';
import type { Metrics } from '../metering/metrics.js';
import { type LimitName, noteRateCount } from '../metering/request-meter.js';
import { Problem } from '../problem.js';
import { OwnCounts } from './own-counts.js';
import { StoredCounts } from './stored-counts.js';

type OwnName = 'api' | 'anonymous';
type SharedName = Exclude<LimitName, OwnName>;

export class RateLimiter {
  readonly #limits: Record<LimitName, RateLimit> | undefined;
  readonly #own: Record<OwnName, OwnCounts> | undefined;
  readonly #shared: Record<SharedName, StoredCounts> | undefined;

  /** @param limits nothing is counted without them */
  constructor(
    limits: RateLimits | undefined,
    database: Database,
    private readonly metrics: Metrics,
  ) {
    if (!limits) return;
    const { loginEmail, ...others } = limits;
    const all = { ...others, 'login-email': loginEmail };
    const shared = (name: SharedName, remembersDenied?: boolean) =>
      new StoredCounts(database, name, all[name], remembersDenied);
    this.#limits = all;
    this.#own = { api: new OwnCounts(all.api), anonymous: new OwnCounts(all.anonymous) };
    this.#shared = {
      login: shared('login'),
      signup: shared('signup'),
      refresh: shared('refresh'),
      'login-email': shared('login-email', false),
      password: shared('password', false),
    };
  }

  /** @throws Problem RATE_LIMITED */
  countHere(name: OwnName, whose: string): void {
    if (!this.#own || !this.#limits) return;
    const { points, leftMs } = this.#own[name].add(whose);
    this.#note(name, this.#limits[name], points, leftMs);
  }

  /** @throws Problem RATE_LIMITED; DATABASE_UNAVAILABLE or its like: what cannot be counted is not done */
  async count(name: SharedName, whose: string): Promise<void> {
    await this.#add(name, whose);
  }

  /**
   * Counts a guess before it is checked, so that many at once are no more than one by one, and takes it back where it
   * was right, or was not checked after all.
   * @param check what it led to; undefined: it was wrong
   * @throws Problem RATE_LIMITED; DATABASE_UNAVAILABLE or its like
   */
  async guess<T>(
    name: SharedName,
    whose: string,
    check: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const takeBack = await this.#add(name, whose);
    let found: T | undefined;
    try {
      found = await check();
    } catch (error) {
      await takeBack?.().catch(() => undefined);
      throw error;
    }
    if (found !== undefined) await takeBack?.();
    return found;
  }

  async #add(name: SharedName, whose: string): Promise<(() => Promise<void>) | undefined> {
    if (!this.#shared || !this.#limits) return undefined;
    const limit = this.#limits[name];
    const { points, leftMs, giveBack } = await this.#shared[name].add(whose);
    this.#note(name, limit, points, leftMs);
    return async () => {
      await giveBack();
      this.#note(name, limit, points - 1, leftMs);
    };
  }

  #note(name: LimitName, { count, seconds }: RateLimit, points: number, leftMs: number): void {
    noteRateCount({ name, count, seconds, left: Math.max(0, count - points), endsMs: Date.now() + leftMs });
    if (points <= count) return;
    this.metrics.countLimited(name);
    const leftSeconds = Math.max(1, Math.ceil(leftMs / 1_000));
    throw new Problem(
      'RATE_LIMITED',
      `At most ${counted(count, 'request')} in ${counted(seconds, 'second')}; try again in ${counted(leftSeconds, 'second')}.`,
      { retryAfterSeconds: leftSeconds },
    );
  }
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
