import type { FastifyReply } from 'fastify';
import { isGone, onceGone } from '../inbound/once-gone.js';

/** Ends when the caller leaves before the answer was sent. */
export function leavingSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  // Who left while the token was checked has no more to be told of it.
  if (isGone(reply)) controller.abort();
  onceGone(reply, () => {
    // Of an answer that was sent nobody is waiting any more.
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
