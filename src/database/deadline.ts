import { setTimeout as pause } from 'node:timers/promises';
import { meteredMs } from '../metering/request-meter.js';
import type { Problem } from '../problem.js';
import { busyProblem, CarriedProblem } from './problems.js';
import { isBusy } from './sqlite-codes.js';

/** Another process holds its lock for about a commit: a few milliseconds. The jitter keeps two waiters apart. */
const MIN_PAUSE_MS = 2;
const MAX_PAUSE_MS = 25;

/** When (on `performance.now()`) a call must be done: `timeoutMs` a request in all, or a call outside of one. */
export function databaseDeadlineMs(timeoutMs: number): number {
  return performance.now() + Math.max(0, timeoutMs - meteredMs('db'));
}

/** Tries again while SQLite says busy or locked, waiting off the disk and off the loop, until the deadline. */
export async function retryWhileBusy<T>(deadlineMs: number, attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBusy(error)) throw error;
      const pauseMs = MIN_PAUSE_MS + Math.random() * (MAX_PAUSE_MS - MIN_PAUSE_MS);
      if (performance.now() + pauseMs >= deadlineMs) throw new CarriedProblem(busyProblem(error));
      await pause(pauseMs);
    }
  }
}

/** `work`, or `late()` when it is not done by the deadline; `work` itself goes on and its end is ignored. */
export function orLate<T>(work: Promise<T>, deadlineMs: number, late: () => Problem): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new CarriedProblem(late())),
      Math.max(0, deadlineMs - performance.now()),
    );
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
