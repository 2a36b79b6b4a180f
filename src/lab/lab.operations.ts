/** What the API documents say of each call of the lab. */
import type { Operation } from '../operation.js';
import { fanOutAnswerSchema } from './fan-out.schema.js';
import { durationSchema, fibSchema } from './work.schema.js';

/** All of them ask for an admin in production; only who that is, is a question to the database. */
export const ofTheLab = (operation: Operation): Operation => ({
  tag: 'Lab',
  ...operation,
  problems: ['VALIDATION_FAILED', 'FORBIDDEN', 'NOT_ON_FUNCTIONS', ...(operation.problems ?? [])],
});

export const labWait = ofTheLab({
  id: 'labWait',
  summary: 'Wait, in one of three ways',
  description:
    'Waits `ms`, then says how long, in seconds. One request takes as long in each style; what differs is what becomes of all others meanwhile. ' +
    'Style `worker` is 503 where all threads are busy and `LAB_QUEUE_MAX` requests wait for one.',
  answer: durationSchema,
  problems: ['WORKERS_BUSY'],
});

export const labFib = ofTheLab({
  id: 'labFib',
  summary: 'Compute, in one of three ways',
  description:
    'The `n`th Fibonacci number by plain recursion: work for a processor, about 1.6 times as much for each step of `n`. ' +
    'Only style `worker` leaves the event loop to others, and only it ends when its caller leaves.',
  answer: fibSchema,
  problems: ['WORKERS_BUSY'],
});

export const labFanOut = ofTheLab({
  id: 'labFanOut',
  summary: 'Fan out, in three ways',
  description:
    '`n` waits of `ms` each, first one by one, then at most `concurrency` (half of them without it) at a time, then all at once: how long each strategy took, ' +
    'and when each call began and ended. The waits stand for calls to others; the strategies are those of `/v1/outbound/batch`.',
  answer: fanOutAnswerSchema,
});
