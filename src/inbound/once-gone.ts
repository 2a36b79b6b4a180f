import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';

/** Who wants to know, by connection: one listener each, however many requests a client pipelines on it. */
const leavings = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls `tell` once, as soon as nobody waits for the answer any more: the connection is closed, or the answer was
 * given by somebody else (a function at its deadline).
 * @returns what takes the wish back
 */
export function onceGone({ raw, request }: FastifyReply, tell: () => void): () => void {
  const { socket } = request.raw;
  const told = tellersOf(socket);
  const tellOnce = () => {
    forget();
    tell();
  };
  const forget = () => {
    told.delete(tellOnce);
    raw.off('close', tellOnce);
  };
  // A pipelined answer that waits for its turn never hears that the connection closed; the connection does.
  told.add(tellOnce);
  raw.once('close', tellOnce);
  return forget;
}

/** Nobody waits for the answer: nobody will be told so any more. */
export const isGone = ({ raw, request }: FastifyReply): boolean =>
  raw.destroyed || request.raw.socket.destroyed;

function tellersOf(socket: Socket): Set<() => void> {
  const known = leavings.get(socket);
  if (known) return known;
  const told = new Set<() => void>();
  leavings.set(socket, told);
  // Events and functions have no real socket.
  socket.once?.('close', () => {
    for (const tell of [...told]) tell();
  });
  return told;
}
