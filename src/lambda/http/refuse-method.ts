/** Methods that a server's own parser refuses before there is a request: an event may name any. */
import { METHODS } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { headersOfRefusal } from '../../inbound/answer-headers.js';
import { problemInstead } from '../../inbound/problem-instead.js';
import { requestId } from '../../inbound/request-id.js';
import { Problem } from '../../problem.js';
import type { PlainAnswer, PlainRequest } from './plain.js';

/** Of the caller's own word, as much as tells a slip from an attack. */
const LOGGED_CHARACTERS = 20;

/**
 * The router has no tree for such a method, not even to say that nothing is there: Fastify would take it for a bug of its
 * own, run no hook, and write all routes to the log, as often as anybody likes.
 */
export function refuseMethod(fastify: FastifyInstance, request: PlainRequest): PlainAnswer | undefined {
  const { method, path, address } = request;
  if (METHODS.includes(method)) return undefined;
  const id = requestId(request);
  const problem = new Problem('METHOD_UNKNOWN', 'The method is none that is known here.');
  // The length is the service's to say, and so is the connection's end.
  const { connection: _, 'content-length': __, ...headers } = headersOfRefusal(id, 'production', 0);
  const { status, ...rest } = problemInstead(problem, headers, path);
  fastify.log.info(
    {
      requestId: id,
      method: method.slice(0, LOGGED_CHARACTERS),
      route: 'none',
      status,
      durationMs: 0,
      address,
    },
    'request',
  );
  fastify.countRefused?.(method, status);
  return { statusCode: status, ...rest, cookies: [], isBase64Encoded: false };
}
