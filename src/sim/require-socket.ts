import { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { Problem } from '../problem.js';

/** @returns the connection @throws Problem in a function, which has none: it hands over whole answers */
export function requireSocket({ request }: FastifyReply): Socket {
  const { socket } = request.raw;
  if (socket instanceof Socket) return socket;
  throw new Problem(
    'NOT_ON_FUNCTIONS',
    'This plays with the connection, which a function does not have; ask a server.',
  );
}
