/** What the API documents say of the tutorials' routes. */
import type { Operation } from '../operation.js';
import {
  allItemsSchema,
  durationSchema,
  fetchedSchema,
  fibSchema,
  helloSchema,
  itemSchema,
} from './classic.schema.js';

/** None of them asks for a token, or the database. */
const ofTheTutorials = (operation: Operation): Operation => ({
  tag: 'Classic',
  usesDatabase: false,
  ...operation,
});

const AWAITED = 'The tutorials slept here, and held up everybody; this waits, and holds up nobody.';

export const classicHello = ofTheTutorials({
  id: 'classicHello',
  summary: 'Hello World',
  description: 'What a server can do at most.',
  answer: helloSchema,
});

export const classicItem = ofTheTutorials({
  id: 'classicItem',
  summary: 'One item, after 3 s',
  description: AWAITED,
  answer: itemSchema,
  problems: ['VALIDATION_FAILED'],
});

export const classicAllItems = ofTheTutorials({
  id: 'classicAllItems',
  summary: 'Five calls to itself, all at once and one by one',
  description:
    'Calls `/items/1` to `/items/5` of this server over HTTP, at `CLASSIC_SELF` or where this request came in.',
  answer: allItemsSchema,
  problems: ['UPSTREAM_UNREACHABLE'],
});

export const classicWait = ofTheTutorials({
  id: 'classicWait',
  summary: 'Wait 50 ms in a thread',
  description: 'What FastAPI does with a plain `def`: it runs in a pool, here of `LAB_THREADS` threads.',
  answer: durationSchema,
  problems: ['WORKERS_BUSY'],
});

export const classicAsyncWait = ofTheTutorials({
  id: 'classicAsyncWait',
  summary: 'Wait 50 ms on the event loop',
  description: 'An awaited timer, which holds up nobody.',
  answer: durationSchema,
});

export const classicFib = ofTheTutorials({
  id: 'classicFib',
  summary: 'Compute in a thread',
  description: 'The `n`th Fibonacci number by plain recursion, in a pool of `LAB_THREADS` threads.',
  answer: fibSchema,
  problems: ['VALIDATION_FAILED', 'WORKERS_BUSY'],
});

export const classicAsyncFib = ofTheTutorials({
  id: 'classicAsyncFib',
  summary: 'Compute on the event loop, awaiting',
  description:
    'The same, awaiting at each recursion: nobody else is served meanwhile, and it takes dozens of times as long.',
  answer: fibSchema,
  problems: ['VALIDATION_FAILED'],
});

export const classicExternalApi = ofTheTutorials({
  id: 'classicExternalApi',
  summary: "Another server's JSON",
  description:
    'Fetches `CLASSIC_UPSTREAM` by the rules of `/v1/outbound`, and answers with its JSON; where its status is not 2xx, ' +
    'with that status and `{"detail":"Failed to fetch data"}`.',
  usesDatabase: true,
  answer: fetchedSchema,
  problems: [
    'TARGET_NOT_ALLOWED',
    'OUTBOUND_QUOTA_USED',
    'UPSTREAM_UNREACHABLE',
    'UPSTREAM_INVALID',
    'UPSTREAM_TOO_LARGE',
    'TOO_MANY_REDIRECTS',
    'UPSTREAM_TIMEOUT',
  ],
});
