/** What the API documents say of each outbound call. */
import type { Operation } from '../operation.js';
import type { ProblemCode } from '../problem.js';
import { batchAnswerSchema, batchLineSchema } from './batch.schema.js';
import { crawlAnswerSchema, crawlLineSchema } from './crawl/crawl.schema.js';
import { explanationSchema, outboundResponseSchema, passedSchema } from './gateway.schema.js';

const ofCalls: readonly ProblemCode[] = [
  'URL_INVALID',
  'TARGET_NOT_ALLOWED',
  'OUTBOUND_BUSY',
  'OUTBOUND_QUOTA_USED',
  'UPSTREAM_UNREACHABLE',
  'UPSTREAM_INVALID',
  'UPSTREAM_TOO_LARGE',
  'TOO_MANY_REDIRECTS',
  'UPSTREAM_TIMEOUT',
];

export const passOutbound: Operation = {
  id: 'passOutbound',
  summary: "Pass an upstream's JSON",
  description:
    "Calls the URL with GET, and answers with the upstream's JSON, as it is, when that is 2xx; else with a problem that has " +
    '`upstreamStatus`. Redirects are followed, at most 5. 10 s at most.',
  answer: passedSchema,
  problems: [...ofCalls, 'UPSTREAM_STATUS'],
};

export const fetchOutbound: Operation = {
  id: 'fetchOutbound',
  summary: 'Call an upstream',
  description:
    'Makes one call and answers 200 with what came of it, whatever the status of the upstream. Only public hosts are called, ' +
    "whatever the URL, redirects and DNS say; no credential but the caller's is sent.",
  answer: outboundResponseSchema,
  problems: ofCalls,
};

export const batchOutbound: Operation = {
  id: 'batchOutbound',
  tag: 'Gateway',
  summary: 'Call many upstreams',
  description:
    'Makes up to 100 calls, one by one, a few at a time or all at once, and answers with one result for each, in their order. ' +
    'One that fails has a problem in its result and harms no other. With `Accept: application/x-ndjson` each result is a line, sent ' +
    'as soon as it is there, and the summary is the last. At the deadline the answer is what there is, `complete` is false.',
  answer: batchAnswerSchema,
  line: batchLineSchema,
  problems: ['OUTBOUND_BUSY'],
};

export const crawlOutbound: Operation = {
  id: 'crawlOutbound',
  tag: 'Gateway',
  summary: 'Crawl a list that comes in pages',
  description:
    'Fetches the pages of a list with GET and answers with all of its items. Numbered pages are fetched at the same time once the ' +
    'first one has said how many there are; where none does, they are tried on until one is empty, short, not there (404) or the ' +
    'same as another, with no items after it. A page that fails is tried again up to 5 times, then listed in `failedPages`, and the rest ' +
    'stands. Listed as well is a page that contradicts the list: an empty one before its end, which ends it, or one with more items ' +
    'than the first. After a 429 or `Retry-After` all pages wait, and fewer go at once. With `Accept: application/x-ndjson` each item is a line, ' +
    'page by page as they come, and the summary is the last. A page has no time ' +
    'of its own: `timeoutMs` is for all of them, and at its end the answer is what there is, `complete` is false. Where ' +
    'the first page is refused, that is the answer; a next page that was visited before is `PAGING_LOOP`.',
  answer: crawlAnswerSchema,
  line: crawlLineSchema,
  problems: ['URL_INVALID', 'TARGET_NOT_ALLOWED', 'OUTBOUND_BUSY', 'OUTBOUND_QUOTA_USED', 'PAGING_LOOP'],
};

export const explainOutbound: Operation = {
  id: 'explainOutbound',
  summary: 'Explain a target',
  description:
    'By admins. Which rule lets a URL be called or refuses it, with the addresses that its name has now. Calls nothing.',
  answer: explanationSchema,
  problems: ['FORBIDDEN'],
};
