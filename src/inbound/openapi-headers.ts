/** Every header of requests and answers that the documents speak of. */
import type { AnswerHeader } from '../operation.js';
import type { JsonSchema } from './openapi-schemas.js';

interface Header {
  readonly description: string;
  readonly schema: JsonSchema;
}

const text = (...examples: string[]): JsonSchema => ({ type: 'string', examples });
const requestId: JsonSchema = {
  type: 'string',
  pattern: '^[A-Za-z0-9._-]{1,128}$',
  examples: ['019aa3c4-9f3e-7b60-8d15-0c7e5a1f2b34'],
};

export const answerHeaders = {
  'X-Request-Id': {
    description: "The request's id: the caller's own where it is well-formed",
    schema: requestId,
  },
  'X-Process-Time': {
    description: 'Seconds the server took, up to the headers',
    schema: { type: 'string', pattern: '^\\d+(\\.\\d+)?$', examples: ['0.004213'] },
  },
  'Server-Timing': {
    description:
      'Milliseconds in all (`app`) and of its parts (`db`, `upstream`, `hash`, `queue`) where they apply',
    schema: text('app;dur=4.213, db;dur=1.870'),
  },
  'Cache-Control': {
    description: 'Who may keep the answer, and how long',
    schema: text('private, no-cache'),
  },
  Vary: {
    description: 'The request headers that the answer depends on',
    schema: text('Accept, Authorization, Origin'),
  },
  ETag: {
    description: "The resource's version: strong, for `If-Match` and `If-None-Match`",
    schema: { type: 'string', pattern: '^"[^"]*"$', examples: ['"3"'] },
  },
  Location: {
    description: 'Where the new resource is',
    schema: {
      type: 'string',
      format: 'uri-reference',
      examples: ['/v1/users/019aa3c4-7d1e-7c3b-9f27-3f1d5c9b2a10'],
    },
  },
  Link: {
    description: 'The next page (RFC 8288), while there is one',
    schema: text('</v1/users?cursor=WyIyMDI2…&sort=createdAt&limit=20>; rel="next"'),
  },
  'Set-Cookie': {
    description: 'In a cookie session: the new refresh token, or its removal',
    schema: text('__Host-refresh=0Zc…; Max-Age=2592000; Path=/; HttpOnly; Secure; SameSite=Strict'),
  },
  'Idempotent-Replayed': {
    description: '`true`: the answer that an earlier request with this `Idempotency-Key` got',
    schema: { type: 'string', enum: ['true'] },
  },
  'RateLimit-Policy': {
    description: 'The limits that count this request: name, requests (`q`) and seconds (`w`) of each',
    schema: text('"api";q=600;w=60'),
  },
  RateLimit: {
    description: 'Of the same limits: requests left (`r`) and seconds until there are more (`t`)',
    schema: text('"api";r=599;t=60'),
  },
  'X-RateLimit-Limit': {
    description: 'Requests that the tightest of the limits allows in its window',
    schema: { type: 'integer', minimum: 1, examples: [600] },
  },
  'X-RateLimit-Remaining': {
    description: 'Requests that it has left',
    schema: { type: 'integer', minimum: 0, examples: [599] },
  },
  'X-RateLimit-Reset': {
    description: 'When it begins anew, in seconds since 1970 (UTC)',
    schema: { type: 'integer', minimum: 0, examples: [1795248060] },
  },
  'Retry-After': {
    description: 'Seconds to wait before the request is repeated',
    schema: { type: 'integer', minimum: 1, examples: [1] },
  },
  Allow: { description: 'The methods that the path has', schema: text('GET, HEAD, OPTIONS') },
  'WWW-Authenticate': {
    description: 'How to authenticate (RFC 6750)',
    schema: text('Bearer realm="farebox", error="invalid_token"'),
  },
} satisfies Record<AnswerHeader, Header> & Record<string, Header>;

export type HeaderName = keyof typeof answerHeaders;

/** References to the headers of an answer: those that every answer has, and `names`. */
export function headersOf(names: readonly HeaderName[]): Record<string, { $ref: string }> {
  const all: HeaderName[] = ['X-Request-Id', 'X-Process-Time', 'Server-Timing', ...names];
  return Object.fromEntries(all.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** Request headers by their name in lower case, as handlers ask for them. */
const requestHeaders: Record<string, { name: string; description: string; schema: JsonSchema }> = {
  'x-request-id': {
    name: 'X-Request-Id',
    description: 'An id of your own to find the request by; one that does not match the pattern is replaced',
    schema: requestId,
  },
  'idempotency-key': {
    name: 'Idempotency-Key',
    description:
      'A word of your own for this very request (a UUID, say). Sent again with the same key and body within 24 hours, it is done once and answered alike; needed where an answer may get lost',
    schema: { type: 'string', pattern: '^[!-~]{1,255}$', examples: ['5f0c1d0e-6f0a-4a8e-9b53-2f1b8f6f3c11'] },
  },
  'last-event-id': {
    name: 'Last-Event-ID',
    description: 'The last event you have: those after it are sent. Browsers send it when they connect again',
    schema: text('12'),
  },
  'if-match': {
    name: 'If-Match',
    description: 'Change it only in one of these versions (`ETag`); `*` or nothing: in any',
    schema: text('"3"'),
  },
  'if-none-match': {
    name: 'If-None-Match',
    description:
      'The version (`ETag`) you have: while it is the current one, the answer is 304 without a body',
    schema: text('"3"'),
  },
};

/** The components that `requestHeader` refers to. */
export const headerParameters = () =>
  Object.fromEntries(
    Object.values(requestHeaders).map((header) => [
      header.name,
      { ...header, in: 'header', required: false },
    ]),
  );

export const requestHeader = (name: string): { $ref: string } => ({
  $ref: `#/components/parameters/${requestHeaders[name.toLowerCase()]?.name}`,
});
