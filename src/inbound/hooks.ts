/** What every request meets before a feature sees it, and every answer on its way out. */
import '@fastify/accepts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { meteredParts, type RequestMeter, withRequestMeter } from '../metering/request-meter.js';
import { Problem } from '../problem.js';
import { parseStrictJson } from './strict-json.js';

declare module 'fastify' {
  interface FastifyRequest {
    meter: RequestMeter;
  }
}

/** RFC 9110, 4.1 recommends at least 8,000 octets; what is longer is no URL of ours. */
const MAX_URL_LENGTH = 8_000;

export function installHooks(fastify: FastifyInstance): void {
  fastify.decorateRequest('meter');

  for (const type of ['application/json', 'application/merge-patch+json'])
    fastify.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => {
      try {
        done(null, parseStrictJson(body as Buffer));
      } catch (error) {
        done(error as Error);
      }
    });
  fastify.removeContentTypeParser('text/plain');

  fastify.addHook('onRequest', (request, _reply, done) => {
    request.meter = {};
    done(refusal(request));
  });
  // After the body was read: its events would have left an earlier context.
  fastify.addHook('preHandler', (request, _reply, done) => withRequestMeter(request.meter, done));

  fastify.addHook('onSend', (request, reply, payload, done) => {
    setTimingHeaders(request, reply);
    if (isVersioned(request)) setCacheHeaders(reply);
    done(null, payload);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    logAccess(request, reply);
    done();
  });
}

/** By the route where there is one: a path can be written in many ways. */
const isVersioned = (request: FastifyRequest): boolean =>
  (request.routeOptions.url ?? request.raw.url ?? '').startsWith('/v1/');

/** What can be refused before a byte of the body is read. */
function refusal(request: FastifyRequest): Problem | undefined {
  if ((request.raw.url?.length ?? 0) > MAX_URL_LENGTH)
    return new Problem('URI_TOO_LONG', `A URL may have at most ${MAX_URL_LENGTH} characters.`);
  if (request.raw.httpVersion === '1.1' && request.headers.host === undefined)
    return new Problem('BAD_REQUEST', 'HTTP/1.1 needs a Host header field.');
  if (request.is404) return new Problem('NOT_FOUND', 'There is nothing at this path.');
  if (
    isVersioned(request) &&
    request.accepts().type(['application/json', 'application/problem+json']) === false
  )
    return new Problem(
      'NOT_ACCEPTABLE',
      'Answers are application/json; problems are application/problem+json.',
    );
  return undefined;
}

function setTimingHeaders(request: FastifyRequest, reply: FastifyReply): void {
  const parts = meteredParts
    .filter((part) => request.meter?.[part] !== undefined)
    .map((part) => `${part};dur=${request.meter[part]?.toFixed(3)}`);
  void reply.headers({
    'x-request-id': request.id,
    'x-process-time': (reply.elapsedTime / 1000).toFixed(6),
    'server-timing': [`app;dur=${reply.elapsedTime.toFixed(3)}`, ...parts].join(', '),
  });
}

function setCacheHeaders(reply: FastifyReply): void {
  void reply.header('vary', 'Accept, Authorization, Origin');
  if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'private, no-cache');
}

/** One line a request. The route's template, never the query: it may hold what somebody typed. */
function logAccess(request: FastifyRequest, reply: FastifyReply): void {
  request.log.info(
    {
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      durationMs: Number(reply.elapsedTime.toFixed(3)),
      ...Object.fromEntries(
        Object.entries(request.meter ?? {}).map(([part, ms]) => [`${part}Ms`, Number(ms.toFixed(3))]),
      ),
      address: request.ip,
    },
    'request',
  );
}
