/**
 * What chance would not find: values that mean something to the server, and those that keep the walk cheap.
 * «name» stands for what the world of the walk has by that name when the request is sent.
 */
import type { Hints } from './values.js';

/** UUIDs of nobody. */
const strangers = ['019aa3c4-7d1e-7c3b-9f27-3f1d5c9b2a10', '00000000-0000-0000-0000-000000000000'];
const raceIds = ['«race.id»', '«race.id»', '«race.id»', ...strangers];
const ids = ['«user.id»', '«user.id»', '«admin.id»', '«other.id»', ...strangers];

/** The own simulator, and what is refused; nothing leads beyond loopback, and no name is ever asked for. */
const urls = [
  ...[
    'items/1',
    'items/1',
    'pages?total=12&size=5',
    'status/404',
    'status/500',
    'redirect/2',
    'redirect/9',
  ].map((path) => `«origin»/sim/${path}`),
  ...['broken/invalid-json', 'broken/html', 'broken/truncated-gzip', 'delay/400', 'reset', 'bytes/100'].map(
    (path) => `«origin»/sim/${path}`,
  ),
  ...[
    '«closed»/',
    '«origin»/health/live',
    'http://10.1.2.3/',
    'http://169.254.169.254/latest',
    'http://[::1]/',
  ],
  ...[
    'http://metadata.internal/',
    'ftp://example.org/',
    'http://user:pass@example.org/',
    'http://',
    'example.org',
  ],
];
const milliseconds = ['0', '1', '5'];
const outbound: Hints = {
  url: urls,
  timeoutMs: [300],
  retries: [0, 1],
  body: ['text', { name: 'Ada' }, null],
  headers: [{ accept: 'application/json' }, { 'x-trace': '1' }, { host: 'example.org' }],
};

/** Costly where it is large: only these. */
export const only: Record<string, Hints> = {
  // A page of a thousand items of a megabyte is what the sizes' own tests are for.
  simPages: {
    delay: milliseconds,
    jitter: milliseconds,
    size: [1, 5, 50],
    limit: [1, 5, 50],
    itemBytes: [0, 1, 100],
    fault: ['1:429', '1:503', '1:text:always', '1:missing', '1:object', '1:cut', '1:reset', '7:500:2'],
  },
  simItem: { delay: milliseconds, jitter: milliseconds },
  simDelay: { ms: milliseconds },
  simDrip: { delay: milliseconds, duration: milliseconds, bytes: [0, 1, 100] },
  simBytes: { n: [0, 1, 65_536] },
  simGzipBomb: { bytes: [2, 100, 65_536] },
  simReset: { after: [0, 100] },
  simLength: { says: [0, 10, 100], sends: [0, 10, 100] },
  // More than a client takes is a matter of the client's.
  simHeaders: { bytes: [0, 1, 8_192] },
  labWait: { ms: milliseconds },
  labFib: { n: ['0', '1', '20'] },
  classicItem: { ms: milliseconds },
  classicAllItems: { ms: milliseconds },
  classicFib: { n: ['0', '1', '20'] },
  classicAsyncFib: { n: ['0', '1', '20'] },
  labFanOut: { n: [1, 3], ms: [0, 1], concurrency: [1, 50] },
  simRedirectToGet: { url: urls },
  // Each is two processes for a while, and the next one is refused meanwhile.
  startRace: { ms: [1], n: [1, 5], requests: [1, 2], concurrency: [1, 2] },
  passOutbound: { url: urls },
  fetchOutbound: outbound,
  explainOutbound: { url: urls },
  batchOutbound: outbound,
  crawlOutbound: outbound,
};

/** Parameters that speak of different styles: only one group of them at a time. */
export const exclusive: Record<string, string[][]> = {
  simPages: [['page', 'size'], ['offset', 'limit'], ['cursor']],
};

/** Without it the answer takes long, or is a gigabyte. */
export const always: Record<string, string[]> = {
  classicItem: ['ms'],
  classicAllItems: ['ms'],
  simDrip: ['duration', 'bytes'],
  simGzipBomb: ['bytes'],
  fetchOutbound: ['timeoutMs'],
  batchOutbound: ['timeoutMs'],
  crawlOutbound: ['timeoutMs'],
};

/** Often these. */
export const often: Record<string, Hints> = {
  readUser: { id: ids },
  updateUser: {
    id: ids,
    email: ['«new.email»', '«other.email»'],
    name: ['Augusta'],
    password: ['correct horse battery 2'],
    currentPassword: ['«user.password»', '«admin.password»', 'wrong'],
    role: ['user', 'admin'],
  },
  removeUser: { id: ids },
  readRace: { id: raceIds },
  stopRace: { id: raceIds },
  followRace: { id: raceIds },
  readProblem: { name: ['email-taken', 'not-found', 'no-such-code'] },
  createUser: { email: ['«new.email»', '«new.email»', '«user.email»'], name: ['Ada'] },
  login: { email: ['«user.email»'], password: ['«user.password»', 'wrong'] },
  refresh: { refreshToken: ['«session.refreshToken»', '«session.usedRefreshToken»'] },
  logout: { refreshToken: ['«session.refreshToken»', '«session.usedRefreshToken»'] },
  listUsers: { cursor: ['«cursor»', '«cursor»x'], q: ['a', 'example'], email: ['«user.email»'] },
  countUsers: { q: ['a', 'example'], email: ['«user.email»'] },
  crawlOutbound: {
    itemsPath: ['/items', ''],
    totalPath: ['/total'],
    pagesPath: ['/pages'],
    nextPath: ['/nextCursor'],
  },
};

/** Header fields of requests, right and wrong. */
export const fields: Record<string, readonly string[]> = {
  'if-match': ['«user.etag»', '*', '"1"', '"999999"', 'W/"1"', '"1", "2"', '1', '"', ''],
  'if-none-match': ['«user.etag»', '*', '"1"', 'W/"1"', '"1","2"', '1', '"', ''],
  'idempotency-key': [
    '«new.key»',
    '«new.key»',
    '«used.key»',
    'a',
    'x'.repeat(255),
    'x'.repeat(256),
    '',
    'a b',
    'é',
  ],
  'last-event-id': ['«race.lastEventId»', '«race.lastEventId»', '1', '999999', '', '-1', 'x'],
  'x-request-id': ['walk-1', 'x'.repeat(128), 'x'.repeat(129), '', 'a b', '<b>', '../x', 'é'],
};
export const accepts = [
  ...[
    'application/json',
    '*/*',
    'application/*',
    'application/x-ndjson',
    'application/problem+json',
    'text/html',
  ],
  ...[
    'application/x-ndjson, application/json;q=0.5',
    'application/json;q=0',
    'nonsense',
    '',
    ';;;',
    ',',
    'a/b/c',
  ],
  'x'.repeat(1_000),
];
export const contentTypes = [
  ...[
    'application/json',
    'application/json; charset=utf-8',
    'application/merge-patch+json',
    'APPLICATION/JSON',
  ],
  ...[
    'application/json; charset=utf-16',
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
  ],
  ...[
    'multipart/form-data; boundary=x',
    'application/octet-stream',
    'nonsense',
    '',
    'application/json, text/html',
  ],
];
