/**
 * Tells which route held the event loop: everybody else waited meanwhile.
 *
 * A request says when it goes on: when it comes in, when its body was read, and whenever something that it waited for is
 * there. What runs from then until another request goes on, or until the turn of the event loop is over, is its doing:
 * code up to its first wait, chains of promises that wait for nothing, heavy work after a query. Where no request said
 * so (a body that is looked through as it comes, a timer's work), the stall is found by the loop's delay, and named `none`.
 * Of requests that one client sends together (pipelining), a chain of promises may be named after the last of them.
 *
 * It costs a request 90 to 230 ns of processor time (Node 20.20 and 24.21, 2026-11): less where several share a turn.
 */
import { EventLoop, type LoopSample } from './event-loop.js';

export interface Stall {
  /** `none`, as the route: nobody knows. */
  readonly method: string;
  /** The route's template. */
  readonly route: string;
  readonly requestId?: string;
  readonly heldMs: number;
}

/** A request as it is found on the event loop. */
export class LoopHolder {
  constructor(
    private readonly detector: StallDetector,
    readonly requestId: string,
    readonly method: string,
    readonly route: string,
  ) {}

  /** It goes on now: what runs from here on is its doing. */
  resume(): void {
    this.detector.mark(this);
  }
}

/** The first is of the start, which holds the loop as long as it takes; a stall's delay may be in the sample after it. */
const SAMPLES_TO_SKIP = 2;

export class StallDetector {
  #holder: LoopHolder | undefined;
  #sinceMs = 0;
  #isEnding = false;
  #samplesToSkip = SAMPLES_TO_SKIP;
  readonly #stop: () => void;

  /** @param limitMs that the loop may be held without a break @param report told of each longer stall, after it */
  constructor(
    private readonly limitMs: number,
    private readonly report: (stall: Stall) => void,
  ) {
    // After the end of this turn, which names whoever held it.
    this.#stop = EventLoop.ofThisProcess().onSample((sample) => setImmediate(() => this.#lookAt(sample)));
  }

  mark(holder: LoopHolder): void {
    // It never stopped.
    if (holder === this.#holder) return;
    const nowMs = performance.now();
    this.#judge(nowMs);
    this.#holder = holder;
    this.#sinceMs = nowMs;
    if (this.#isEnding) return;
    this.#isEnding = true;
    setImmediate(this.#endTurn);
  }

  /** Looks no more. */
  stop(): void {
    this.#stop();
  }

  readonly #endTurn = (): void => {
    this.#isEnding = false;
    this.#judge(performance.now());
    this.#holder = undefined;
  };

  #judge(nowMs: number): void {
    const heldMs = nowMs - this.#sinceMs;
    if (!this.#holder || heldMs <= this.limitMs) return;
    const { requestId, method, route } = this.#holder;
    this.#samplesToSkip = SAMPLES_TO_SKIP;
    this.report({ requestId, method, route, heldMs });
  }

  #lookAt({ maxMs }: LoopSample): void {
    if (this.#samplesToSkip > 0) this.#samplesToSkip -= 1;
    else if (maxMs > this.limitMs) this.report({ method: 'none', route: 'none', heldMs: maxMs });
  }
}
