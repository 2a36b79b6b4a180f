/** What of an upstream's headers the caller gets to see: none of them becomes a header of ours. */
import type { IncomingHttpHeaders } from 'node:http';

const allowed = new Set([
  'accept-ranges',
  'age',
  'allow',
  'cache-control',
  'content-disposition',
  'content-language',
  'content-range',
  'content-type',
  'date',
  'deprecation',
  'etag',
  'expires',
  'last-modified',
  'link',
  'location',
  'ratelimit',
  'ratelimit-limit',
  'ratelimit-policy',
  'ratelimit-remaining',
  'ratelimit-reset',
  'retry-after',
  'sunset',
  'vary',
  'www-authenticate',
]);

/** `x-` names are the API's own words: limits, counts, pages, ids. */
const mayBeSeen = (name: string): boolean => allowed.has(name) || /^x-[a-z0-9-]+$/.test(name);

/** Several fields of one name are joined, as RFC 9110, 5.3 has it. */
export const seenHeaders = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value !== undefined && mayBeSeen(name) ? [[name, [value].flat().join(', ')]] : [],
    ),
  );
