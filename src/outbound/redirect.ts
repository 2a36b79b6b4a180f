/** Where a redirect leads, and what of the request goes there (RFC 9110, 15.4; the Fetch standard where browsers agree). */
import type { IncomingMessage } from 'node:http';
import type { WireRequest } from './send.js';
import { resolveTarget, type Target } from './target.js';
import { TargetRefused } from './target-refused.js';
import { UpstreamFailure } from './upstream-failure.js';

/** One request of a call: the first, or the one that a redirect asks for. */
export interface Hop extends WireRequest {
  readonly target: Target;
}

const redirects = new Set([301, 302, 303, 307, 308]);
/** They keep the method; the others make a GET of it. */
const preserving = new Set([307, 308]);

/**
 * @returns the next hop; nothing when the answer is no redirect, or one that would hand the body to another origin
 * @throws UpstreamFailure where `Location` is no URL to be called; TargetRefused from https to http
 */
export function nextHop({ statusCode = 0, headers }: IncomingMessage, hop: Hop): Hop | undefined {
  if (!redirects.has(statusCode) || headers.location === undefined) return undefined;
  const target = linkedTarget(headers.location, hop.target, 'redirects to');
  const isElsewhere = target.origin !== hop.target.origin;
  const keepsBody = preserving.has(statusCode);
  if (keepsBody && isElsewhere && hop.body !== undefined) return undefined;
  return {
    target,
    method: keepsBody || hop.method === 'HEAD' ? hop.method : 'GET',
    headers: isElsewhere ? {} : keepsBody ? hop.headers : withoutContent(hop.headers),
    body: keepsBody ? hop.body : undefined,
  };
}

/**
 * Where an answer of `from` leads.
 * @param what it does there, for the caller, whose to mend it is not
 * @throws UpstreamFailure where `reference` is no URL to be called; TargetRefused from https to http
 */
export function linkedTarget(reference: string, from: Target, what: string): Target {
  const target = readable(reference, from, what);
  if (from.protocol === 'https:' && target.protocol === 'http:') throw new TargetRefused('https-to-http');
  return target;
}

function readable(reference: string, from: Target, what: string): Target {
  try {
    return resolveTarget(reference, from);
  } catch (error) {
    if (!(error instanceof TargetRefused)) throw error;
    throw new UpstreamFailure('UPSTREAM_INVALID', `${what} what is no URL to be called`, error.rule);
  }
}

const withoutContent = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('content-')));
