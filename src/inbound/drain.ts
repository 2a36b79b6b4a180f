/** A graceful end: answers in flight finish, and no connection that has none to wait for holds it up. */
import type { FastifyInstance } from 'fastify';

export function drainOnClose(fastify: FastifyInstance): void {
  let inFlight = 0;
  let isClosing = false;
  /** Node counts a connection that never sent a request as busy, and would wait for it. */
  const endWhenDrained = () => {
    if (isClosing && inFlight === 0) setImmediate(() => fastify.server.closeAllConnections());
  };
  fastify.addHook('onRequest', (_request, reply, done) => {
    inFlight += 1;
    reply.raw.once('close', () => {
      inFlight -= 1;
      endWhenDrained();
    });
    done();
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    // A kept-alive connection ends with its answer.
    if (isClosing) void reply.header('connection', 'close');
    done(null, payload);
  });
  fastify.addHook('preClose', (done) => {
    isClosing = true;
    endWhenDrained();
    done();
  });
}
