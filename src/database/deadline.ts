import { answerByMs, meteredMs } from '../metering/request-meter.js';
import type { Problem } from '../problem.js';
import { CarriedProblem } from './problems.js';

/** Left of a request's time when its database calls are given up: to roll back, and to say precisely what was done. */
const SETTLE_MS = 500;

/** When (on `performance.now()`) a call must be done: `timeoutMs` a request in all, or a call outside of one. */
export function databaseDeadlineMs(timeoutMs: number): number {
  const ownMs = performance.now() + Math.max(0, timeoutMs - meteredMs('db'));
  return Math.min(ownMs, answerByMs() - SETTLE_MS);
}

/** `work`, or `late()` when it is not done by the deadline; `work` itself goes on and its end is ignored. */
export function orLate<T>(work: Promise<T>, deadlineMs: number, late: () => Problem): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new CarriedProblem(late())),
      Math.max(0, deadlineMs - performance.now()),
    );
    work.then(
      (result) => {
        clearTimeout(timer);
        resolve(result);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
