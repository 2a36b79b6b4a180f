import { Problem } from '../problem.js';

/** A slot comes free when somebody's call ends; nobody knows when. */
const BUSY_RETRY_SECONDS = 1;

/** Who waits for a turn, and what gives it to them. */
interface Waiting {
  readonly owner: string;
  readonly begin: () => void;
}

class Line {
  taken = 0;
  readonly #held = new Map<string, number>();
  /** In the order in which they came. */
  readonly #waiting = new Set<Waiting>();

  take(owner: string): void {
    this.taken += 1;
    this.#held.set(owner, (this.#held.get(owner) ?? 0) + 1);
  }

  giveBack(owner: string): void {
    this.taken -= 1;
    const held = (this.#held.get(owner) ?? 1) - 1;
    if (held > 0) this.#held.set(owner, held);
    else this.#held.delete(owner);
    // It goes from hand to hand: nobody who comes just now gets in between.
    const next = this.#next();
    if (!next) return;
    this.#waiting.delete(next);
    this.take(next.owner);
    next.begin();
  }

  /** Of those who hold the fewest, whoever came first: a hundred calls of one do not keep out another's only one. */
  #next(): Waiting | undefined {
    let next: Waiting | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const waiting of this.#waiting) {
      const held = this.#held.get(waiting.owner) ?? 0;
      if (held >= fewest) continue;
      next = waiting;
      fewest = held;
    }
    return next;
  }

  /** Resolves with the slot of somebody who gave it back. @throws the signal's reason when it ended first */
  turn(owner: string, until: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(waiting);
        reject(until.reason);
      };
      const begin = () => {
        until.removeEventListener('abort', leave);
        resolve();
      };
      const waiting = { owner, begin };
      until.addEventListener('abort', leave, { once: true });
      this.#waiting.add(waiting);
    });
  }
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

  /** @returns what gives the slot back @throws Problem OUTBOUND_BUSY */
  take(key: string, owner = ''): () => void {
    const line = this.#lineOf(key);
    if (line.taken >= this.limit)
      throw new Problem('OUTBOUND_BUSY', this.refusal, { retryAfterSeconds: BUSY_RETRY_SECONDS });
    line.take(owner);
    return () => this.#giveBack(key, line, owner);
  }

  /**
   * @param owner for whom: the one who holds fewer has the next turn
   * @param until who waits does so until then; without it, nobody waits
   * @throws Problem OUTBOUND_BUSY; the signal's reason when it ended first
   */
  async hold<T>(
    key: string,
    owner: string,
    until: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    const giveBack = await this.#turn(key, owner, until);
    try {
      return await work();
    } finally {
      giveBack();
    }
  }

  async #turn(key: string, owner: string, until: AbortSignal | undefined): Promise<() => void> {
    until?.throwIfAborted();
    const line = this.#lineOf(key);
    if (!until || line.taken < this.limit) return this.take(key, owner);
    await line.turn(owner, until);
    return () => this.#giveBack(key, line, owner);
  }

  #giveBack(key: string, line: Line, owner: string): void {
    line.giveBack(owner);
    if (line.taken === 0) this.#lines.delete(key);
  }

  #lineOf(key: string): Line {
    const known = this.#lines.get(key);
    if (known) return known;
    const line = new Line();
    this.#lines.set(key, line);
    return line;
  }
}
