/** At most so many at the same time, and so many who wait for their turn: first come, first served. */
export class WaitingLine {
  #busy = 0;
  readonly #waiting = new Set<() => void>();

  constructor(
    private readonly places: number,
    private readonly maxWaiting: number,
  ) {}

  /** Whether somebody who comes now could not even wait. */
  get isFull(): boolean {
    return this.#busy >= this.places && this.#waiting.size >= this.maxWaiting;
  }

  /** Resolves when it is one's turn; `leave` ends it. @throws the signal's reason, as soon as it ends */
  async enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#busy < this.places) {
      this.#busy += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const giveUp = () => {
        this.#waiting.delete(begin);
        reject(signal.reason);
      };
      const begin = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.add(begin);
    });
  }

  leave(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#busy -= 1;
      return;
    }
    // The place goes from hand to hand: nobody who comes just now gets in between.
    this.#waiting.delete(next);
    next();
  }
}
