/** How many requests of a user, and how many calls of a user, to a host and in all are under way. Counted by each process. */
import type { CallQuota } from './call-quota.js';
import { Slots } from './slots.js';

/** Outbound requests of one user at the same time (docs/security.md); a batch is one. */
const MAX_REQUESTS = 4;
/**
 * Calls of one user's batches and crawls at the same time, those in line for a host included: a batch all at once. A
 * second one beside it gets what the first one leaves.
 */
const MAX_GROUPED_CALLS = 100;
/** Of all users: each call may hold OUTBOUND_MAX_BYTES, and its answer as much again. */
const MAX_CALLS = 256;

/** There is one line for all. */
const ALL = '';

export class CallLimits {
  readonly #requests = new Slots(
    MAX_REQUESTS,
    `At most ${MAX_REQUESTS} outbound requests of one user may be under way at the same time.`,
  );
  readonly #groupedCalls = new Slots(
    MAX_GROUPED_CALLS,
    `At most ${MAX_GROUPED_CALLS} calls of one user's batches and crawls may be under way at the same time.`,
  );
  readonly #calls = new Slots(MAX_CALLS, 'Too many outbound calls are under way.');
  readonly #hostCalls: Slots;

  constructor(
    hostConcurrency: number,
    private readonly quota: CallQuota,
  ) {
    this.#hostCalls = new Slots(
      hostConcurrency,
      `At most ${hostConcurrency} calls to one host may be under way at the same time.`,
    );
  }

  /** One request of a user, whatever it takes. @returns what ends it @throws Problem OUTBOUND_BUSY */
  enter(userId: string): () => void {
    return this.#requests.take(userId);
  }

  /**
   * Counts one upstream call, and makes it within all limits.
   * @param host with its port
   * @param until how long it may wait for its turn; without it, it does not
   * @throws Problem OUTBOUND_BUSY, OUTBOUND_QUOTA_USED; the signal's reason when it ended first
   */
  callTo<T>(
    host: string,
    userId: string,
    until: AbortSignal | undefined,
    call: () => Promise<T>,
  ): Promise<T> {
    const callHost = () =>
      this.#hostCalls.hold(host, userId, until, () =>
        this.#calls.hold(ALL, userId, until, async () => {
          await this.quota.count(userId);
          return call();
        }),
      );
    // A single call is one of MAX_REQUESTS already, and is not refused because a batch of the same user stands in line.
    if (!until) return callHost();
    // The user's own first: whoever waits for those takes nothing from others.
    return this.#groupedCalls.hold(userId, userId, until, callHost);
  }
}
