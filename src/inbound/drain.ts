/** A graceful end: answers in flight finish, and no connection that has none to wait for holds it up. */
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** Longer than any answer of ours takes; what is not done by then waits for a client that does not go on. */
const DRAIN_LIMIT_MS = 8_000;
const POLL_MS = 10;

export function drainOnClose(fastify: FastifyInstance): void {
  /** Answers owed, by connection. A connection that is gone is owed nothing, whatever its pipeline held. */
  const owed = new Map<Socket, number>();
  const watched = new WeakSet<Socket>();
  let isClosing = false;

  fastify.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw;
    if (!watched.has(socket)) {
      watched.add(socket);
      // Events and functions have no real socket, and no connection to wait for.
      socket.once?.('close', () => owed.delete(socket));
    }
    owed.set(socket, (owed.get(socket) ?? 0) + 1);
    reply.raw.once('close', () => {
      const left = (owed.get(socket) ?? 1) - 1;
      if (left > 0) owed.set(socket, left);
      else owed.delete(socket);
    });
    done();
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    // A kept-alive connection ends with its answer.
    if (isClosing) void reply.header('connection', 'close');
    done(null, payload);
  });
  // Before Node's own close, which cuts an answer that is written but not yet sent.
  fastify.addHook('preClose', async () => {
    isClosing = true;
    const limitMs = performance.now() + DRAIN_LIMIT_MS;
    while (owed.size > 0 && performance.now() < limitMs) await pause(POLL_MS);
    // Node counts a connection that never sent a request as busy, and would wait for it.
    fastify.server.closeAllConnections();
  });
}
