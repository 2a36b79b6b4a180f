import { busyProblem, CarriedProblem } from './problems.js';

interface Waiter {
  deadlineMs: number;
  timer: NodeJS.Timeout;
  serve: (done: () => void) => void;
  refuse: (error: Error) => void;
}

/** So many at a time, first come first served; who is not served by the deadline is refused and never runs. */
export class Turns {
  #free: number;
  /** In order of arrival; a set, so that leaving the queue costs nothing. */
  readonly #waiting = new Set<Waiter>();

  constructor(atOnce = 1) {
    this.#free = atOnce;
  }

  /** Waits for the turn and returns what ends it. Ending twice does no harm. */
  take(deadlineMs: number): Promise<() => void> {
    // Work that goes on after its request was answered must not be done in the next one's time.
    if (performance.now() >= deadlineMs) return Promise.reject(new CarriedProblem(busyProblem()));
    if (this.#free > 0) {
      this.#free--;
      return Promise.resolve(this.#ending());
    }
    return new Promise((serve, refuse) => {
      const timer = setTimeout(
        () => {
          this.#waiting.delete(waiter);
          refuse(new CarriedProblem(busyProblem()));
        },
        Math.max(0, deadlineMs - performance.now()),
      );
      const waiter: Waiter = { deadlineMs, timer, serve, refuse };
      this.#waiting.add(waiter);
    });
  }

  #ending(): () => void {
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#next();
    };
  }

  #next(): void {
    for (const waiter of this.#waiting) {
      this.#waiting.delete(waiter);
      clearTimeout(waiter.timer);
      // A held-up loop fires timers late; the deadline counts, not the timer.
      if (performance.now() < waiter.deadlineMs) {
        waiter.serve(this.#ending());
        return;
      }
      waiter.refuse(new CarriedProblem(busyProblem()));
    }
    this.#free++;
  }
}
