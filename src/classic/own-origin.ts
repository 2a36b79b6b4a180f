import type { FastifyRequest } from 'fastify';
import { Problem } from '../problem.js';

/**
 * The origin of this server as it can call itself: where the request came in, which is right whatever it listens on.
 * @throws Problem UPSTREAM_UNREACHABLE for a request that came over no connection
 */
export function ownOrigin({ raw: { socket } }: FastifyRequest): string {
  const { localAddress, localPort, localFamily } = socket;
  if (localAddress === undefined || localPort === undefined)
    throw new Problem('UPSTREAM_UNREACHABLE', 'This server listens nowhere; set CLASSIC_SELF.');
  // As IPv4 is told where both are listened on.
  const host = localAddress.replace(/^::ffff:/, '');
  return `http://${localFamily === 'IPv6' && host.includes(':') ? `[${host}]` : host}:${localPort}`;
}
