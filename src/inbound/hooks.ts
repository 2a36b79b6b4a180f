/** What every request meets before a feature sees it, and every answer on its way out. */
import '@fastify/accepts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Mode } from '../config.js';
import type { Metrics } from '../metering/metrics.js';
import { type RequestMeter, withRequestMeter } from '../metering/request-meter.js';
import { Problem } from '../problem.js';
import { accessLog } from './access-log.js';
import type { KnownPaths } from './allowed-methods.js';
import { isVersioned, setAnswerHeaders } from './answer-headers.js';
import { mediaTypesOf } from './ndjson.js';
import { watchDeadlines } from './request-deadline.js';
import { parseStrictJson } from './strict-json.js';

declare module 'fastify' {
  interface FastifyRequest {
    meter: RequestMeter;
  }
  interface FastifyInstance {
    /** For what is refused without a request of Fastify's. */
    countRefused?(method: string, status: number): void;
  }
}

/** A streamed answer at its deadline has 4 of ours, and 7 of Fastify's and Node's; Node warns of more than 10, once an answer. */
const MAX_LISTENERS = 20;

/** RFC 9110, 4.1 recommends at least 8,000 octets; what is longer is no URL of ours. */
const MAX_URL_LENGTH = 8_000;

export function installHooks(
  fastify: FastifyInstance,
  mode: Mode,
  paths: KnownPaths,
  metrics: Metrics,
): void {
  fastify.decorateRequest('meter');
  fastify.decorate('countRefused', (method: string, status: number) =>
    metrics.countRefusedRequest(method, status),
  );
  const counted = new WeakSet<FastifyRequest>();
  const count = (request: FastifyRequest, reply: FastifyReply, isWhole: boolean): void => {
    if (counted.has(request)) return;
    counted.add(request);
    metrics.countRequest({
      requestId: request.id,
      method: request.method,
      route: routeOf(request),
      status: isWhole ? reply.statusCode : undefined,
      durationMs: reply.elapsedTime,
      // None where a hook of others refused it before.
      meter: request.meter ?? {},
    });
  };

  for (const type of ['application/json', 'application/merge-patch+json'])
    fastify.addContentTypeParser(type, { parseAs: 'buffer' }, (request, body, done) => {
      request.meter.holder?.resume();
      try {
        // Many clients announce JSON and send nothing, with DELETE above all; what needs a body says so itself.
        done(null, body.length === 0 ? undefined : parseStrictJson(body as Buffer));
      } catch (error) {
        done(error as Error);
      }
    });
  fastify.removeContentTypeParser('text/plain');

  fastify.addHook('onRequest', (request, reply, done) => {
    request.meter = {};
    reply.raw.setMaxListeners(MAX_LISTENERS);
    // Of an answer that breaks off, whoever broke it; onResponse may come for it, or not.
    for (const event of ['error', 'close'])
      reply.raw.prependOnceListener(event, () => count(request, reply, false));
    done(refusal(request, paths));
  });
  watchDeadlines(fastify);
  // After the body was read: its events would have left an earlier context.
  fastify.addHook('preHandler', (request, _reply, done) => withRequestMeter(request.meter, done));

  fastify.addHook('onSend', (request, reply, payload, done) => {
    setAnswerHeaders(request, reply, mode);
    done(null, payload);
  });
  const access = accessLog(fastify.log);
  fastify.addHook('onResponse', (request, reply, done) => {
    access(request, reply, routeOf(request));
    count(request, reply, true);
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
  if (!isVersioned(request) || takesJson(request)) return undefined;
  const mediaTypes = mediaTypesOf(request);
  return request.accepts().type(mediaTypes) === false
    ? new Problem('NOT_ACCEPTABLE', `Here is only ${mediaTypes.join(', ')}.`)
    : undefined;
}

/** As nearly all clients say it, which needs no parser. */
const takesJson = ({ headers: { accept } }: FastifyRequest): boolean =>
  accept === undefined || accept === '*/*' || accept === 'application/json';

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
