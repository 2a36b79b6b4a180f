import { setTimeout as pause } from 'node:timers/promises';
import { busyProblem, CarriedProblem } from '../problems.js';
import { isBusy } from './sqlite-codes.js';

/** Another process holds its lock for about a commit: a few milliseconds. The jitter keeps two waiters apart. */
const MIN_PAUSE_MS = 2;
const MAX_PAUSE_MS = 25;

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
