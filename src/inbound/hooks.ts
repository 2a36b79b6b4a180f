/** What every request meets before a feature sees it, and every answer on its way out. */
import '@fastify/accepts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Mode } from '../config.js';
import type { Metrics } from '../metering/metrics.js';
import { meteredParts, type RequestMeter, withRequestMeter } from '../metering/request-meter.js';
import { Problem } from '../problem.js';
import type { KnownPaths } from './allowed-methods.js';
import { isVersioned, setAnswerHeaders } from './answer-headers.js';
import { mediaTypesOf } from './ndjson.js';
import { watchDeadlines } from './request-deadline.js';
import { parseStrictJson } from './strict-json.js';

declare module 'fastify' {
  interface FastifyRequest {
    meter: RequestMeter;
  }
}

/** RFC 9110, 4.1 recommends at least 8,000 octets; what is longer is no URL of ours. */
const MAX_URL_LENGTH = 8_000;

export function installHooks(
  fastify: FastifyInstance,
  mode: Mode,
  paths: KnownPaths,
  metrics: Metrics,
): void {
  fastify.decorateRequest('meter');

  for (const type of ['application/json', 'application/merge-patch+json'])
    fastify.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => {
      try {
        // Many clients announce JSON and send nothing, with DELETE above all; what needs a body says so itself.
        done(null, body.length === 0 ? undefined : parseStrictJson(body as Buffer));
      } catch (error) {
        done(error as Error);
      }
    });
  fastify.removeContentTypeParser('text/plain');

  fastify.addHook('onRequest', (request, _reply, done) => {
    request.meter = {};
    done(refusal(request, paths));
  });
  watchDeadlines(fastify);
  // After the body was read: its events would have left an earlier context.
  fastify.addHook('preHandler', (request, _reply, done) => withRequestMeter(request.meter, done));

  fastify.addHook('onSend', (request, reply, payload, done) => {
    setAnswerHeaders(request, reply, mode);
    done(null, payload);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = routeOf(request);
    logAccess(request, reply, route);
    metrics.countRequest({
      method: request.method,
      route,
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
    });
    done();
  });
}

/** What can be refused before a byte of the body is read. */
function refusal(request: FastifyRequest, paths: KnownPaths): Problem | undefined {
  if ((request.raw.url?.length ?? 0) > MAX_URL_LENGTH)
    return new Problem('URI_TOO_LONG', `A URL may have at most ${MAX_URL_LENGTH} characters.`);
  if (!isDecodable(request.raw.url ?? ''))
    return new Problem('URL_INVALID', 'The URL holds a malformed percent-encoding.');
  if (request.raw.httpVersion === '1.1' && request.headers.host === undefined)
    return new Problem('BAD_REQUEST', 'HTTP/1.1 needs a Host header field.');
  if (routeOf(request) === undefined) return paths.refuse(request.method, request.raw.url ?? '/');
  const mediaTypes = mediaTypesOf(request);
  if (isVersioned(request) && request.accepts().type(mediaTypes) === false)
    return new Problem('NOT_ACCEPTABLE', `Here is only ${mediaTypes.join(', ')}.`);
  return undefined;
}

/** The router has looked at the path; a query is taken as it comes, and would hand on what it cannot decode. */
function isDecodable(url: string): boolean {
  try {
    // The result is used: a bundler takes the call for one without effect, and leaves it out.
    return !url.includes('%') || decodeURIComponent(url) !== '';
  } catch {
    return false;
  }
}

/** The route's template; undefined where there is none. The CORS plug-in has one, of OPTIONS, for every path there could be. */
function routeOf(request: FastifyRequest): string | undefined {
  const { url } = request.routeOptions;
  return request.is404 || url === '*' ? undefined : url;
}

/** One line a request. The route's template, never the query: it may hold what somebody typed. */
function logAccess(request: FastifyRequest, reply: FastifyReply, route = 'none'): void {
  request.log.info(
    {
      method: request.method,
      route,
      status: reply.statusCode,
      durationMs: Number(reply.elapsedTime.toFixed(3)),
      ...Object.fromEntries(
        meteredParts
          .filter((part) => request.meter?.[part] !== undefined)
          .map((part) => [`${part}Ms`, Number(request.meter[part]?.toFixed(3))]),
      ),
      address: request.ip,
    },
    'request',
  );
}
