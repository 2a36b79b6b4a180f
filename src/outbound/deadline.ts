import { setTimeout as pause } from 'node:timers/promises';
import { answerByMs } from '../metering/request-meter.js';
import { CallerLeft, UpstreamFailure } from './upstream-failure.js';

/** Left of the request's own time, where there is such an end, for what comes after the call. */
const ANSWERING_MS = 100;

/** The end of a call: its own time, its request's, or its caller's leaving. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #endsMs: number;
  readonly #timer: NodeJS.Timeout;
  readonly #leave = () => this.#controller.abort(new CallerLeft());

  constructor(
    timeoutMs: number,
    private readonly caller: AbortSignal,
  ) {
    const nowMs = performance.now();
    this.#endsMs = Math.min(nowMs + timeoutMs, answerByMs() - ANSWERING_MS);
    const leftMs = Math.max(0, this.#endsMs - nowMs);
    const tooLate = () =>
      this.#controller.abort(
        new UpstreamFailure('UPSTREAM_TIMEOUT', `did not answer within ${Math.round(leftMs)} ms`),
      );
    this.#timer = setTimeout(tooLate, leftMs);
    if (caller.aborted) this.#leave();
    else caller.addEventListener('abort', this.#leave, { once: true });
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

  end(): void {
    clearTimeout(this.#timer);
    this.caller.removeEventListener('abort', this.#leave);
  }
}
