import { setTimeout as pause } from 'node:timers/promises';
import { answerByMs } from '../metering/request-meter.js';
import { onceAborted } from './once-aborted.js';
import { CallerLeft, UpstreamFailure } from './upstream-failure.js';

/** Left of the request's own time, where there is such an end, for what comes after the call. */
const ANSWERING_MS = 100;

/** The end of a call, or of several: its own time, its request's, or the end of what it is part of. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #endsMs: number;
  readonly #timer: NodeJS.Timeout;
  #forget = (): void => undefined;
  readonly #endEarly = () => {
    const { reason } = this.whole;
    this.#controller.abort(reason instanceof UpstreamFailure ? reason : new CallerLeft());
  };

  /** @param whole ends with the caller, or with the deadline of several calls */
  constructor(
    timeoutMs: number,
    private readonly whole: AbortSignal,
  ) {
    const nowMs = performance.now();
    this.#endsMs = Math.min(nowMs + timeoutMs, answerByMs() - ANSWERING_MS);
    const leftMs = Math.max(0, this.#endsMs - nowMs);
    const tooLate = () =>
      this.#controller.abort(
        new UpstreamFailure('UPSTREAM_TIMEOUT', `did not answer within ${Math.round(leftMs)} ms`),
      );
    this.#timer = setTimeout(tooLate, leftMs);
    if (whole.aborted) this.#endEarly();
    else this.#forget = onceAborted(whole, this.#endEarly);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  leftMs(): number {
    return this.#endsMs - performance.now();
  }

  /** @throws the reason when the end comes first */
  async pause(ms: number): Promise<void> {
    try {
      await pause(ms, undefined, { signal: this.signal });
    } catch (error) {
      this.signal.throwIfAborted();
      throw error;
    }
  }

  /** Before its time, for whatever is still under way. */
  endNow(): void {
    this.end();
    this.#controller.abort(new CallerLeft());
  }

  /** Nothing waits for it any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#forget();
  }
}
