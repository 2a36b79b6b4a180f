/** Cookie mode: the refresh token where scripts cannot read it and other sites cannot send it. */
import '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isLoopback, type Mode } from '../config.js';
import { parseUrl } from '../parse-url.js';
import { Problem } from '../problem.js';
import { REFRESH_TOKEN_SECONDS } from './sessions.js';

/** RFC 6265bis `__Host-`: Secure, Path=/ and no Domain, so that no sibling host can plant one. */
function cookieName(request: FastifyRequest, mode: Mode): string {
  const isPlainLoopback =
    mode === 'development' &&
    request.protocol === 'http' &&
    isLoopback(request.raw.socket.remoteAddress ?? '');
  return isPlainLoopback ? 'refresh' : '__Host-refresh';
}

const attributes = (name: string) => ({
  path: '/',
  httpOnly: true,
  sameSite: 'strict' as const,
  secure: name.startsWith('__Host-'),
});

export function setRefreshCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  mode: Mode,
  token: string,
): void {
  const name = cookieName(request, mode);
  void reply.setCookie(name, token, { ...attributes(name), maxAge: REFRESH_TOKEN_SECONDS });
}

export function clearRefreshCookie(request: FastifyRequest, reply: FastifyReply, mode: Mode): void {
  const name = cookieName(request, mode);
  void reply.clearCookie(name, attributes(name));
}

/** Host and port in one spelling: lower case, without a default port. */
const hostOf = (origin: string | undefined): string | undefined =>
  origin === undefined ? undefined : parseUrl(origin)?.host;

/**
 * The token from the cookie, if there is one.
 * @throws Problem ORIGIN_MISMATCH unless the request comes from a page of this very host
 */
export function readRefreshCookie(request: FastifyRequest, mode: Mode): string | undefined {
  const token = request.cookies[cookieName(request, mode)];
  if (token === undefined) return undefined;
  const { origin } = request.headers;
  const here = `${request.protocol}://${request.host}`;
  if (hostOf(origin) === undefined || hostOf(origin) !== hostOf(here))
    throw new Problem('ORIGIN_MISMATCH', 'With a cookie, the Origin header must name this host.');
  return token;
}
