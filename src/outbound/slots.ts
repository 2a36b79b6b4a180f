import { Problem } from '../problem.js';

/** A slot comes free when somebody's call ends; nobody knows when. */
const BUSY_RETRY_SECONDS = 1;

interface Line {
  taken: number;
  /** Whose turn comes, first come first. */
  readonly waiting: Set<() => void>;
}

/** At most so many under each key at the same time: who comes when all are taken is refused, or waits in line. */
export class Slots {
  /** Only of what is under way. */
  readonly #lines = new Map<string, Line>();

  /** @param refusal what the caller reads who is refused */
  constructor(
    private readonly limit: number,
    private readonly refusal: string,
  ) {}

  /** @throws Problem OUTBOUND_BUSY */
  take(key: string): void {
    const line = this.#lineOf(key);
    if (line.taken >= this.limit)
      throw new Problem('OUTBOUND_BUSY', this.refusal, { retryAfterSeconds: BUSY_RETRY_SECONDS });
    line.taken += 1;
  }

  giveBack(key: string): void {
    const line = this.#lineOf(key);
    const [next] = line.waiting;
    // It goes from hand to hand: nobody who comes just now gets in between.
    if (next) next();
    else if (line.taken > 1) line.taken -= 1;
    else this.#lines.delete(key);
  }

  /**
   * @param until who waits does so until then; without it, nobody waits
   * @throws Problem OUTBOUND_BUSY; the signal's reason when it ended first
   */
  async hold<T>(key: string, until: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    until?.throwIfAborted();
    const line = this.#lineOf(key);
    if (until && line.taken >= this.limit) await turnIn(line, until);
    else this.take(key);
    try {
      return await work();
    } finally {
      this.giveBack(key);
    }
  }

  #lineOf(key: string): Line {
    const known = this.#lines.get(key);
    if (known) return known;
    const line = { taken: 0, waiting: new Set<() => void>() };
    this.#lines.set(key, line);
    return line;
  }
}

/** Resolves with the slot of somebody who gave it back. */
function turnIn({ waiting }: Line, until: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      waiting.delete(myTurn);
      reject(until.reason);
    };
    const myTurn = () => {
      waiting.delete(myTurn);
      until.removeEventListener('abort', leave);
      resolve();
    };
    if (until.aborted) return leave();
    until.addEventListener('abort', leave, { once: true });
    waiting.add(myTurn);
  });
}
