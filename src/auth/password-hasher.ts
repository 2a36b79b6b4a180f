/**
 * argon2id behind a semaphore. Hashing runs on libuv's thread pool; unbounded, 200 sign-ins at once
 * would take every core and 4 s. Here a few run, a capped number waits, and the rest are told to come back.
 */
import { availableParallelism } from 'node:os';
import { BulkheadRejectedError, bulkhead } from 'cockatiel';
import { metered } from '../metering/request-meter.js';
import { Problem } from '../problem.js';
import { hash, nobodysHash, verify } from './argon2.js';

/** One core stays free for the event loop; libuv's pool has four threads, and DNS and files want one too. */
const CONCURRENCY = Math.min(3, Math.max(1, availableParallelism() - 1));
/** At some 30 ms a hash the last in the queue waits about 2 s, well within what a person bears. */
const QUEUE_LIMIT = 64 * CONCURRENCY;
const RETRY_AFTER_SECONDS = 2;

export class PasswordHasher {
  private readonly slots = bulkhead(CONCURRENCY, QUEUE_LIMIT);
  /** Stands in for the hash of a user who does not exist, so that both cases cost the same. */
  private readonly nobodysHash = nobodysHash();

  /** @returns the hash in PHC form. @throws Problem SIGN_IN_BUSY when the queue is full */
  hash(password: string): Promise<string> {
    return this.inSlot(() => hash(password));
  }

  /** Takes the same time whether `passwordHash` is given or the user is unknown. @throws Problem SIGN_IN_BUSY */
  async verify(password: string, passwordHash: string | undefined): Promise<boolean> {
    const comparedHash = passwordHash ?? this.nobodysHash;
    const isRight = await this.inSlot(() => verify(comparedHash, password));
    return isRight && passwordHash !== undefined;
  }

  private async inSlot<T>(work: () => Promise<T>): Promise<T> {
    let hasSlot = () => {};
    const queued = metered('queue', () => new Promise<void>((resolve) => (hasSlot = resolve)));
    try {
      return await this.slots.execute(async () => {
        hasSlot();
        await queued;
        return metered('hash', work);
      });
    } catch (error) {
      if (!(error instanceof BulkheadRejectedError)) throw error;
      throw new Problem('SIGN_IN_BUSY', 'Too many passwords are being checked at once; try again shortly.', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
  }
}
