/** What the API documents say of each call of the simulator. */
import type { Operation } from '../operation.js';
import { simPagesAnswerSchema } from './pages.schema.js';
import {
  arrivedSchema,
  callSchema,
  delayedSchema,
  headerBytesAnswerSchema,
  itemSchema,
  statusAnswerSchema,
} from './sim.schema.js';

/** All of them can have their parameters wrong, none of them asks the database. */
const simulated = (operation: Operation): Operation => ({
  tag: 'Simulator',
  usesDatabase: false,
  ...operation,
  problems: ['VALIDATION_FAILED', ...(operation.problems ?? [])],
});

/** A function hands over whole answers, and has no connection to play with. */
const needsServer = ['NOT_ON_FUNCTIONS'] as const;

export const simItem = simulated({
  id: 'simItem',
  summary: 'One item, late if you like',
  description:
    'Waits `delay` milliseconds and a jitter that follows from id and seed, then answers with `status`; 204, 205 and 304 without a body.',
  answer: itemSchema,
});

export const simPages = simulated({
  id: 'simPages',
  summary: 'A list in pages',
  description:
    'The items 1 to `total`, by `page` and `size`, by `offset` and `limit`, or by `cursor` with either size; styles cannot be mixed. ' +
    'The `Link` field leads on in the same style. For whoever reads lists, all that goes wrong with them: pages that fail (`fault`), a rate (`perSecond`), ' +
    'a list that grows or shrinks meanwhile (`drift`), items that come again (`repeat`), links in a circle (`loop`). ' +
    'How often a page has failed and how many calls a second came is counted by each process for each seed, and forgotten when many others came after. ' +
    'In production a page has at most 10 MiB of `text`.',
  answer: simPagesAnswerSchema,
  headers: ['Link'],
  problems: needsServer,
});

export const simDelay = simulated({
  id: 'simDelay',
  summary: 'Answer after a time',
  description: 'Waits, then says how long. In production at most 10 s.',
  answer: delayedSchema,
});

export const simStatus = simulated({
  id: 'simStatus',
  summary: 'Answer with a status',
  description: 'Any final status. 204, 205 and 304 come without a body, a redirect without `Location`.',
  answer: statusAnswerSchema,
});

export const simUnstable = simulated({
  id: 'simUnstable',
  summary: 'Fail now and then',
  description:
    'Fails with 500 or succeeds, as seed and the number of the call with it decide: the same calls always end the same way. ' +
    'Counted by each process, and forgotten when many other seeds came after.',
  answer: callSchema,
});

export const simRetryAfter = simulated({
  id: 'simRetryAfter',
  summary: 'Refuse for a time',
  description:
    'Always refuses, with `Retry-After`. With a seed it refuses the first call and those that come too early, and answers 200 afterwards.',
  answer: statusAnswerSchema,
});

export const simRedirect = simulated({
  id: 'simRedirect',
  summary: 'Redirect some times',
  description: 'Redirects `n` times, with a relative `Location`, then answers 200.',
  answer: arrivedSchema,
});

export const simRedirectTo = (method: 'Get' | 'Post' | 'Put' | 'Patch' | 'Delete'): Operation =>
  simulated({
    id: `simRedirectTo${method}`,
    summary: 'Redirect to a URL',
    description: 'Redirects to `url`, which is not looked at, with `status`.',
    headers: ['Location'],
  });

export const simBytes = simulated({
  id: 'simBytes',
  summary: 'Some bytes',
  description:
    '`n` bytes (`application/octet-stream`) that follow from the seed. In production at most 10 MiB.',
});

export const simDrip = simulated({
  id: 'simDrip',
  summary: 'A body, drop by drop',
  description: 'After `delay` sends the head, then the bytes, spread evenly over `duration`.',
  problems: needsServer,
});

export const simEndless = simulated({
  id: 'simEndless',
  summary: 'A body without an end',
  description: 'Sends chunks until the caller leaves, or 2 GiB are through; in production 10 MiB.',
  problems: needsServer,
});

export const simGzipBomb = simulated({
  id: 'simGzipBomb',
  summary: 'A small body that decodes to a large one',
  description:
    'A JSON string of zeros, `bytes` bytes when it is decoded, compressed to about a thousandth, whatever `Accept-Encoding` says.',
});

export const simHang = simulated({
  id: 'simHang',
  summary: 'Never answer',
  description:
    'Takes the request and says nothing until the caller leaves; after 60 s, in production 10 s, the connection is closed.',
  problems: needsServer,
});

export const simReset = simulated({
  id: 'simReset',
  summary: 'Reset the connection',
  description: 'At once, or after a head that announces more and `after` bytes of the body.',
  problems: needsServer,
});

export const simLength = simulated({
  id: 'simLength',
  summary: 'Lie about the length',
  description: 'Says one `Content-Length`, sends another number of bytes, and closes the connection.',
  problems: needsServer,
});

export const simHeaders = simulated({
  id: 'simHeaders',
  summary: 'Large header fields',
  description: 'Pads the head of the answer with about so many bytes.',
  answer: headerBytesAnswerSchema,
});

export const simBroken = simulated({
  id: 'simBroken',
  summary: 'A body that is not what it says',
  description:
    'gzip that is cut off, applied twice or missing, a coding that nobody knows, JSON that is cut off or no UTF-8, or a page of HTML.',
});
