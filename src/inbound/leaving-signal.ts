import type { FastifyReply } from 'fastify';
import { Problem } from '../problem.js';
import { isGone, onceGone } from './once-gone.js';

/** Nobody will read it. */
const left = () => new Problem('DEADLINE_EXCEEDED', 'Nobody waits for this answer.', { isLogged: true });

/** Ends when the caller leaves before the answer was sent. Its reason is a problem, for whatever is thrown with it. */
export function leavingSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  // Who left while the token was checked has no more to be told of it.
  if (isGone(reply)) controller.abort(left());
  onceGone(reply, () => {
    // Of an answer that was sent nobody is waiting any more.
    if (!reply.raw.writableFinished) controller.abort(left());
  });
  return controller.signal;
}
