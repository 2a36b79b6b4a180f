import type { FastifyReply } from 'fastify';
import { repeated } from './byte-streams.js';
import { pauseFor } from './pause-for.js';
import type { DripQuery } from './sim.schema.js';

/** What is due within one of these goes together. */
const MIN_STEP_MS = 10;

/** `bytes` bytes, the last of them after `duration`. By the clock: a late timer delays only its own step. */
export async function* drip({ bytes, duration }: DripQuery, reply: FastifyReply): AsyncGenerator<Buffer> {
  // The head does not wait for the first byte.
  reply.raw.flushHeaders();
  const startedMs = performance.now();
  const stepMs = Math.max(duration / bytes, MIN_STEP_MS);
  for (let sent = 0, step = 1; sent < bytes; step += 1) {
    const atMs = Math.min(step * stepMs, duration);
    await pauseFor(startedMs + atMs - performance.now(), reply);
    const due = atMs < duration ? Math.round((atMs / duration) * bytes) : bytes;
    yield* repeated('*', due - sent);
    sent = due;
  }
}
