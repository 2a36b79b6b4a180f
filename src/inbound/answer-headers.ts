/** The headers of every answer: whose it is, what it cost, who may keep it, and what a browser may do with it. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Mode } from '../config.js';
import { meteredParts } from '../metering/request-meter.js';
import { rateLimitHeaders } from './rate-limit-headers.js';

/**
 * OWASP REST Security Cheat Sheet: nothing of ours is a page, may be framed, sniffed as another type, or read by
 * another site's document. `/docs` says otherwise for itself.
 */
const securityHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** One year, the least that preload lists take (RFC 6797; hstspreload.org). Browsers ignore it over plain HTTP. */
const strictTransport = { 'strict-transport-security': 'max-age=31536000; includeSubDomains' };

const securityHeadersIn: Record<Mode, Record<string, string>> = {
  development: securityHeaders,
  production: { ...securityHeaders, ...strictTransport },
};

/** By the route where there is one: a path can be written in many ways. */
export const isVersioned = (request: FastifyRequest): boolean =>
  (request.routeOptions.url ?? request.raw.url ?? '').startsWith('/v1/');

export function setAnswerHeaders(request: FastifyRequest, reply: FastifyReply, mode: Mode): void {
  const { elapsedTime } = reply;
  let timing = `app;dur=${elapsedTime.toFixed(3)}`;
  for (const part of meteredParts) {
    const ms = request.meter?.[part];
    if (ms !== undefined) timing += `, ${part};dur=${ms.toFixed(3)}`;
  }
  void reply.headers(securityHeadersIn[mode]);
  void reply.header('x-request-id', request.id);
  void reply.header('x-process-time', (elapsedTime / 1000).toFixed(6));
  void reply.header('server-timing', timing);
  if (!isVersioned(request)) return;
  const [count, ...counts] = request.meter?.rateCounts ?? [];
  if (count) void reply.headers(rateLimitHeaders([count, ...counts]));
  void reply.header('vary', 'Accept, Authorization, Origin');
  if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'private, no-cache');
}

/** The same for a problem that no Fastify request ever came of. */
export const headersOfRefusal = (
  requestId: string,
  mode: Mode,
  bodyBytes: number,
): Record<string, string> => ({
  ...securityHeadersIn[mode],
  connection: 'close',
  'content-type': 'application/problem+json',
  'content-length': String(bodyBytes),
  'x-request-id': requestId,
  'x-process-time': '0.000000',
  'server-timing': 'app;dur=0',
});
