/** What the API documents say of each outbound call. */
import type { Operation } from '../operation.js';
import type { ProblemCode } from '../problem.js';
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

export const explainOutbound: Operation = {
  id: 'explainOutbound',
  summary: 'Explain a target',
  description:
    'By admins. Which rule lets a URL be called or refuses it, with the addresses that its name has now. Calls nothing.',
  answer: explanationSchema,
  problems: ['FORBIDDEN'],
};
