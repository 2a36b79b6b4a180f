/** What the API documents say of each outbound call. */
import type { Operation } from '../operation.js';
import type { ProblemCode } from '../problem.js';
import { batchAnswerSchema, batchLineSchema } from './batch.schema.js';
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

export const explainOutbound: Operation = {
  id: 'explainOutbound',
  summary: 'Explain a target',
  description:
    'By admins. Which rule lets a URL be called or refuses it, with the addresses that its name has now. Calls nothing.',
  answer: explanationSchema,
  problems: ['FORBIDDEN'],
};
