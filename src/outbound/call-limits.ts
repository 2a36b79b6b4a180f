/** How many calls are under way, for a user and to a host, and how many an hour has seen. Counted by each process. */
import { Problem } from '../problem.js';
import { RecentMap } from '../recent-map.js';

/** Outbound requests of one user at the same time (docs/security.md). */
const MAX_IN_FLIGHT = 4;
/** Of all users: each call may hold OUTBOUND_MAX_BYTES, and its answer as much again. */
const MAX_IN_FLIGHT_IN_ALL = 256;
const HOUR_MS = 3_600_000;
/** Users whose hour is remembered; the one whose hour began first is forgotten for the next. */
const MAX_USERS = 100_000;
/** A slot comes free when somebody's call ends; nobody knows when. */
const BUSY_RETRY_SECONDS = 1;

interface Hour {
  readonly endsMs: number;
  calls: number;
}

export class CallLimits {
  /** Only what is under way: whoever has left is in neither. */
  readonly #users = new Map<string, number>();
  readonly #hosts = new Map<string, number>();
  readonly #hours = new RecentMap<Hour>(MAX_USERS);
  #inFlight = 0;

  constructor(private readonly config: { readonly hostConcurrency: number; readonly callsPerHour: number }) {}

  /** For the whole of `work`. @throws Problem OUTBOUND_BUSY */
  async forUser<T>(userId: string, work: () => Promise<T>): Promise<T> {
    if (this.#inFlight >= MAX_IN_FLIGHT_IN_ALL) throw busy('Too many outbound calls are under way.');
    this.#inFlight += 1;
    try {
      return await holding(this.#users, userId, MAX_IN_FLIGHT, work, () =>
        busy(`At most ${MAX_IN_FLIGHT} outbound calls of one user may be under way at the same time.`),
      );
    } finally {
      this.#inFlight -= 1;
    }
  }

  /** @param host with its port. @throws Problem OUTBOUND_BUSY */
  toHost<T>(host: string, work: () => Promise<T>): Promise<T> {
    const { hostConcurrency } = this.config;
    return holding(this.#hosts, host, hostConcurrency, work, () =>
      busy(`At most ${hostConcurrency} calls to one host may be under way at the same time.`),
    );
  }

  /** Counts one upstream call. @throws Problem OUTBOUND_QUOTA_USED */
  countCall(userId: string): void {
    const nowMs = performance.now();
    const hour = this.#hourOf(userId, nowMs);
    if (hour.calls >= this.config.callsPerHour)
      throw new Problem(
        'OUTBOUND_QUOTA_USED',
        `At most ${this.config.callsPerHour} upstream calls an hour are made for one user.`,
        { retryAfterSeconds: (hour.endsMs - nowMs) / 1_000 },
      );
    hour.calls += 1;
  }

  #hourOf(userId: string, nowMs: number): Hour {
    const known = this.#hours.get(userId);
    if (known && known.endsMs > nowMs) return known;
    const hour = { endsMs: nowMs + HOUR_MS, calls: 0 };
    this.#hours.set(userId, hour);
    return hour;
  }
}

const busy = (detail: string): Problem =>
  new Problem('OUTBOUND_BUSY', detail, { retryAfterSeconds: BUSY_RETRY_SECONDS });

async function holding<T>(
  counts: Map<string, number>,
  key: string,
  limit: number,
  work: () => Promise<T>,
  refusal: () => Problem,
): Promise<T> {
  const count = counts.get(key) ?? 0;
  if (count >= limit) throw refusal();
  counts.set(key, count + 1);
  try {
    return await work();
  } finally {
    const left = (counts.get(key) ?? 1) - 1;
    if (left > 0) counts.set(key, left);
    else counts.delete(key);
  }
}
