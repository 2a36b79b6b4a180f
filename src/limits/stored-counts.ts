/** Counts that all processes keep together, in the database: rate-limiter-flexible over statements of our own. */
import { hash } from 'node:crypto';
// @ts-expect-error The package's types speak of its front only, which loads 60 files; these are 5.
import StoreLimiter from 'rate-limiter-flexible/lib/RateLimiterStoreAbstract.js';
import type { RateLimit } from '../config.js';
import type { Database } from '../database/database.js';
import {
  addToRateCount,
  type RateCounted,
  sweepRateCounts,
  takeFromRateCount,
} from '../database/rate-counts.js';
import { DeniedKeys } from './denied-keys.js';

/** What the package makes of a count, and rejects with where it is over the limit. */
interface Consumed {
  readonly consumedPoints: number;
  readonly msBeforeNext: number;
  /** Not where the denial was remembered. */
  readonly counted?: RateCounted;
}

const Limiter = StoreLimiter as new (options: {
  keyPrefix: string;
  points: number;
  duration: number;
  inMemoryBlockOnConsumed: number;
}) => {
  _inMemoryBlockedKeys: DeniedKeys;
  consume(key: string, points: number): Promise<Consumed>;
  getKey(key: string): string;
};

/** How many counts there are for one sweep. Each makes one row at most, and a sweep takes more than that. */
const COUNTS_A_SWEEP = 100;

/** Not in clear; who has the table can still try all addresses (docs/security.md). */
const keyOf = (whose: string): string => hash('sha256', whose, 'base64url');

export class StoredCounts extends Limiter {
  /** @param remembersDenied not where points are given back: a process would not hear of it from another */
  constructor(
    private readonly database: Database,
    name: string,
    private readonly limit: RateLimit,
    remembersDenied = true,
  ) {
    super({
      keyPrefix: name,
      points: limit.count,
      duration: limit.seconds,
      inMemoryBlockOnConsumed: remembersDenied ? limit.count + 1 : 0,
    });
    this._inMemoryBlockedKeys = new DeniedKeys();
  }

  /**
   * @returns how many there are in this window with these `points`: more than the limit allows, and these were too many
   * @throws what the database fails with
   */
  async add(
    whose: string,
    points = 1,
  ): Promise<Omit<RateCounted, 'endsAtMs'> & { giveBack(): Promise<void> }> {
    const key = keyOf(whose);
    const { msBeforeNext, counted } = await this.consume(key, points).catch((denied: Consumed | Error) => {
      if (denied instanceof Error) throw denied;
      return denied;
    });
    if (Math.random() < 1 / COUNTS_A_SWEEP) await sweepRateCounts(this.database).catch(() => undefined);
    return {
      points: counted?.points ?? this.limit.count + points,
      leftMs: msBeforeNext,
      giveBack: async () => {
        if (!counted) return;
        const { endsAtMs } = counted;
        await takeFromRateCount(this.database, { key: this.getKey(key), endsAtMs, most: this.limit.count });
      },
    };
  }

  /** Called by the package. What is over the limit counts once, and not at all once something is given back. */
  _upsert(key: string, points: number, windowMs: number): Promise<RateCounted> {
    const mostPoints = this.limit.count + points;
    return addToRateCount(this.database, { key, points, mostPoints, windowMs });
  }

  /** Called by the package. */
  _getRateLimiterRes(_key: string, _points: number, counted: RateCounted): Consumed {
    return { consumedPoints: counted.points, msBeforeNext: counted.leftMs, counted };
  }
}
