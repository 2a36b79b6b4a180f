const DIGITS = 3;
const SPEEDUP_DIGITS = 2;

const rounded = (value: number, digits = DIGITS): number => Number(value.toFixed(digits));

/** Of one call. */
export interface Timing {
  /** It is made now; it may have had to wait for its turn. */
  began(): void;
  end(): { startedMs: number; durationMs: number };
}

/** When each of several calls was made and how long it took, by one clock that starts now. */
export class Timings {
  readonly #startedMs = performance.now();
  #sumMs = 0;

  /** For a call that has not been made yet. */
  next(): Timing {
    let startedMs: number | undefined;
    return {
      began: () => {
        startedMs ??= this.#nowMs;
      },
      end: () => {
        const endedMs = this.#nowMs;
        const durationMs = endedMs - (startedMs ?? endedMs);
        this.#sumMs += durationMs;
        return { startedMs: rounded(startedMs ?? endedMs), durationMs: rounded(durationMs) };
      },
    };
  }

  /** Of all that have ended. */
  summary(): { wallMs: number; sumMs: number; speedup: number } {
    const wallMs = this.#nowMs;
    const speedup = rounded(this.#sumMs / wallMs, SPEEDUP_DIGITS);
    return { wallMs: rounded(wallMs), sumMs: rounded(this.#sumMs), speedup };
  }

  get #nowMs(): number {
    return performance.now() - this.#startedMs;
  }
}
