/** A graceful end: answers in flight finish, and who is about to send on a connection that was kept is still answered. */
import { type Socket, Server as TcpServer } from 'node:net';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Takes no new connection, answers on those there are, and says on each answer that it is its connection's last.
     * Resolves when there is none left, or at the limit. The application is still to be closed.
     */
    retire(patience: Patience): Promise<void>;
  }
}

interface Patience {
  /** A connection on which nothing was asked for this long is closed. */
  quietMs: number;
  limitMs: number;
}

/**
 * Of `close`: longer than any answer of ours takes; what is not done by then waits for a client that does not go on.
 * A request that is on its way arrives within `quietMs`, and nobody at a terminal feels it.
 */
const onClose: Patience = { quietMs: 100, limitMs: 8_000 };
const POLL_MS = 10;

/** @returns how many answers are owed at the moment */
export function drainOnClose(fastify: FastifyInstance): () => number {
  /** Answers owed, by connection. A connection that is gone is owed nothing, whatever its pipeline held. */
  const owed = new Map<Socket, number>();
  const watched = new WeakSet<Socket>();
  /** Since when nothing is owed on it, or nobody has asked for anything; milliseconds. */
  const quietSince = new Map<Socket, number>();
  let isClosing = false;

  fastify.server.on('connection', (socket: Socket) => {
    quietSince.set(socket, performance.now());
    socket.once('close', () => quietSince.delete(socket));
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw;
    if (!watched.has(socket)) {
      watched.add(socket);
      // Events and functions have no real socket, and no connection to wait for.
      socket.once?.('close', () => owed.delete(socket));
    }
    owed.set(socket, (owed.get(socket) ?? 0) + 1);
    reply.raw.once('close', () => {
      if (quietSince.has(socket)) quietSince.set(socket, performance.now());
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

  const retire = async ({ quietMs, limitMs }: Patience) => {
    isClosing = true;
    // The HTTP server's own close would cut what is idle at this moment, and fail who is sending on it.
    if (fastify.server.listening) TcpServer.prototype.close.call(fastify.server);
    const fromMs = performance.now();
    for (;;) {
      const nowMs = performance.now();
      if (owed.size + quietSince.size === 0 || nowMs - fromMs >= limitMs) return;
      for (const [socket, sinceMs] of quietSince)
        if (!owed.has(socket) && nowMs - Math.max(sinceMs, fromMs) >= quietMs) socket.destroy();
      await pause(POLL_MS);
      // Timers come first: whatever was asked while this process was held up is to be read before it counts as quiet.
      await nextTurn();
    }
  };
  fastify.decorate('retire', retire);
  // Before Node's own close, which cuts an answer that is written but not yet sent.
  fastify.addHook('preClose', async () => {
    await retire(onClose);
    // Node counts a connection that never sent a request as busy, and would wait for it.
    fastify.server.closeAllConnections();
  });
  return () => [...owed.values()].reduce((sum, count) => sum + count, 0);
}
