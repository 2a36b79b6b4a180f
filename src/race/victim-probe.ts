/**
 * What a race does to somebody who has no part in it: a cheap request, at a steady pace, over one connection, timed from
 * when it was due. While an answer is late the next ones fall due and are not sent: they would have been answered with
 * it, and count with the time from when they were due (as HdrHistogram corrects for what a waiting client omits).
 */
import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { timedCall } from './timed-call.js';

const EVERY_MS = 25;
const PATH = '/health/live';

/** @param until ends it, after the answer that is under way. @returns durations in milliseconds, at least one */
export async function victimProbe(port: number, until: Promise<unknown>): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let isOver = false;
  const over = until.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  const durations: number[] = [];
  try {
    let dueMs = performance.now();
    do {
      await timedCall(agent, port, PATH);
      const nowMs = performance.now();
      for (; dueMs <= nowMs; dueMs += EVERY_MS) durations.push(nowMs - dueMs);
      await Promise.race([over, pause(dueMs - nowMs)]);
    } while (!isOver);
    return durations;
  } finally {
    agent.destroy();
  }
}
