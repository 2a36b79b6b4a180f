/** What of a caller's headers goes on to the upstream, and what we send of our own. */
import { acceptedCodings } from './read-body.js';

/** By name; and what APIs invent besides (`ownWords`). */
const allowed = new Set([
  'accept',
  'accept-language',
  'api-key',
  'apikey',
  'authorization',
  'cache-control',
  'content-language',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'pragma',
  'prefer',
  'range',
  'traceparent',
  'tracestate',
]);
/**
 * What the upstream, or a proxy before it, would take for the word of whoever runs us, or take a method or path from;
 * and what cloud metadata services want to see (AWS IMDSv2, GCP, Azure, Oracle, Alibaba).
 */
const forbidden =
  /metadata|^x-(forwarded|real-?ip|true-client|client-?ip|cluster|originating|original|rewrite|http-method|method|middleware|envoy|sendfile|accel|remote|host|aws|amz|google|azure|aliyun|vercel|(ms|arr|cloud)(-|$))/;
/** How APIs call what they want to be known by. */
const ownWords = /^(x-[a-z0-9-]+|[a-z][a-z0-9-]*-(key|token|version))$/;

/** @param name in lower case */
export const mayBeSent = (name: string): boolean =>
  allowed.has(name) || (ownWords.test(name) && !forbidden.test(name));

/** RFC 8586: who forwards requests says so, and refuses what it has forwarded before. */
export const LOOP_HEADER = 'cdn-loop';
const OUR_NAME = 'farebox';

/** Whether a request's `CDN-Loop` says that it comes from a Farebox. */
export const isLooping = (field: string | undefined): boolean =>
  (field ?? '').split(',').some((entry) => entry.split(';')[0]?.trim().toLowerCase() === OUR_NAME);

/** Ours, on every call; a caller can set none of them but `accept`. */
const fixed = {
  accept: 'application/json, text/*;q=0.9, */*;q=0.8',
  'accept-encoding': acceptedCodings,
  'user-agent': 'Farebox',
  [LOOP_HEADER]: OUR_NAME,
};

/** @param given by the caller, names in lower case, each `mayBeSent` */
export const upstreamHeaders = (given: Readonly<Record<string, string>>): Record<string, string> => ({
  ...fixed,
  ...Object.fromEntries(Object.entries(given).filter(([name]) => mayBeSent(name))),
});
