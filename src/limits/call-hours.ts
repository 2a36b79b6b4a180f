import type { Database } from '../database/database.js';
import { StoredCounts } from './stored-counts.js';

const HOUR_SECONDS = 3_600;

/** The upstream calls that a user may make in an hour, whichever processes make them. */
export class CallHours {
  readonly #counts: StoredCounts;

  constructor(
    database: Database,
    private readonly callsPerHour: number,
  ) {
    this.#counts = new StoredCounts(database, 'outbound', { count: callsPerHour, seconds: HOUR_SECONDS });
  }

  /**
   * Takes `calls` of a user's hour, or what it has left of them.
   * @returns how many, and how long the hour lasts
   * @throws what the database fails with
   */
  async take(userId: string, calls: number): Promise<{ calls: number; leftMs: number }> {
    const { points, leftMs } = await this.#counts.add(userId, calls);
    const before = points - calls;
    return { calls: Math.min(calls, Math.max(0, this.callsPerHour - before)), leftMs };
  }
}
