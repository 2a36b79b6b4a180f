import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { pauseFor } from './pause-for.js';
import { requireSocket } from './require-socket.js';
import { resetConnection } from './reset-connection.js';

/** A caller that finds bytes and reset at once may take the reset for an end in order (libuv does). */
const BEFORE_RESET_MS = 50;

/** The head, then `bytes`, then a reset of the connection. What the network has not taken by then is lost with it. */
export async function* thenReset(bytes: AsyncIterable<Buffer>, reply: FastifyReply): AsyncGenerator<Buffer> {
  const socket = requireSocket(reply);
  reply.raw.flushHeaders();
  yield* bytes;
  // This goes on when the last bytes are asked for, a moment before they are written.
  await nextTurn();
  await written(socket);
  await pauseFor(BEFORE_RESET_MS, reply);
  resetConnection(socket);
}

const written = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.write('', () => resolve()));
