/**
 * A process that does nothing but call the API, as many kinds of users do. Closed: so many callers, each of whom sends the
 * next request when the last is answered. Open: so many requests a second, whatever has become of those before; then a
 * request's duration counts from the moment at which it was due, so that what waits behind a slow one is seen.
 */
import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, call, password, signUp } from './client.js';
import type { MixedOrder, MixedResult } from './start-mixed-load.js';

interface Person {
  id: string;
  email: string;
  accessToken: string;
  refreshToken: string;
  /** A refresh token may be used once. */
  isRefreshing: boolean;
  refreshedMs: number;
}

const order = JSON.parse(process.argv[2] as string) as MixedOrder;
const { url } = order;
/** One in so many requests opens a connection of its own. */
const FRESH_EVERY = 4;
const TICK_MS = 5;
const KEPT_FAILURES = 50;

const ADMIN = 'admin@example.org';

const kept = new Agent({ keepAlive: true, maxSockets: 256 });
const fresh = new Agent({ keepAlive: false });
const people: Person[] = [];
/** Signed up meanwhile, to be removed. */
const passersBy: string[] = [];
let made = 0;
const newEmail = () => `mixed-${process.pid}-${++made}@example.org`;
const anyone = (): Person => people[Math.floor(Math.random() * people.length)] as Person;
const json = ({ body }: Answer) => JSON.parse(body);

async function logIn(email: string, agent?: Agent): Promise<Answer> {
  return call(`${url}/v1/auth/login`, { method: 'POST', body: { email, password }, agent });
}

async function refresh(agent: Agent): Promise<Answer> {
  // Whose turn it is longest: an access token lives ten minutes.
  const free = people.filter(({ isRefreshing }) => !isRefreshing);
  // All are at it, for want of answers: one who waits reads meanwhile.
  if (free.length === 0) return call(`${url}/v1/users/me`, { token: anyone().accessToken, agent });
  const person = free.reduce((oldest, one) => (one.refreshedMs < oldest.refreshedMs ? one : oldest));
  person.isRefreshing = true;
  try {
    const body = { refreshToken: person.refreshToken };
    const answer = await call(`${url}/v1/auth/refresh`, { method: 'POST', body, agent });
    if (answer.status === 200) Object.assign(person, tokensOf(answer));
    return answer;
  } finally {
    person.isRefreshing = false;
  }
}

const tokensOf = (answer: Answer) => {
  const { accessToken, refreshToken } = json(answer);
  return { accessToken, refreshToken, refreshedMs: performance.now() };
};

interface Kind {
  kind: string;
  share: number;
  expected: number;
  send(agent: Agent): Promise<Answer>;
}

const kinds: Kind[] = [
  { kind: 'health', share: 10, expected: 200, send: (agent) => call(`${url}/health/ready`, { agent }) },
  {
    kind: 'read',
    share: 35,
    expected: 200,
    send: (agent) => call(`${url}/v1/users/me`, { token: anyone().accessToken, agent }),
  },
  {
    kind: 'list',
    share: 15,
    expected: 200,
    send: (agent) => call(`${url}/v1/users?limit=20`, { token: people[0]?.accessToken, agent }),
  },
  {
    kind: 'patch',
    share: 15,
    expected: 200,
    send: (agent) => {
      const { id, accessToken: token } = anyone();
      const body = { name: `Name ${++made}` };
      return call(`${url}/v1/users/${id}`, { method: 'PATCH', token, body, agent });
    },
  },
  { kind: 'refresh', share: 8, expected: 200, send: refresh },
  { kind: 'sign-in', share: 3, expected: 200, send: (agent) => logIn(anyone().email, agent) },
  {
    kind: 'sign-up',
    share: 3,
    expected: 201,
    send: async (agent) => {
      const answer = await signUp(url, newEmail(), agent);
      if (answer.status === 201) passersBy.push(json(answer).id);
      return answer;
    },
  },
  {
    kind: 'delete',
    share: 3,
    expected: 204,
    send: async (agent) => {
      const id = passersBy.shift();
      if (id === undefined)
        return signUp(url, newEmail(), agent).then((answer) => ({
          ...answer,
          status: answer.status === 201 ? 204 : answer.status,
        }));
      return call(`${url}/v1/users/${id}`, { method: 'DELETE', token: people[0]?.accessToken, agent });
    },
  },
  {
    kind: 'gateway',
    share: 8,
    expected: 200,
    send: (agent) => {
      const target = encodeURIComponent(`${url}/sim/items/7`);
      return call(`${url}/v1/outbound?url=${target}`, { token: anyone().accessToken, agent });
    },
  },
];

const result: MixedResult = { requests: 0, failed: 0, failures: [], kinds: {}, wallMs: 0 };
const deck = kinds.filter(({ kind }) => !order.kinds || order.kinds.includes(kind));
const shares = deck.reduce((sum, { share }) => sum + share, 0);

function drawn(): Kind {
  let left = Math.random() * shares;
  for (const kind of deck) {
    left -= kind.share;
    if (left < 0) return kind;
  }
  return deck[0] as Kind;
}

/** @param dueMs when it was to be sent */
async function ask({ kind, expected, send }: Kind, dueMs: number, isFresh: boolean): Promise<void> {
  result.kinds[kind] ??= { statuses: {}, durationsMs: [] };
  const seen = result.kinds[kind];
  const failure = await send(isFresh ? fresh : kept).then(
    ({ status, body }) => {
      seen.statuses[status] = (seen.statuses[status] ?? 0) + 1;
      return status === expected ? undefined : `${status} ${body.slice(0, 200)}`;
    },
    (error: unknown) => {
      seen.statuses[0] = (seen.statuses[0] ?? 0) + 1;
      return String(error);
    },
  );
  seen.durationsMs.push(performance.now() - dueMs);
  result.requests += 1;
  if (failure === undefined) return;
  result.failed += 1;
  if (result.failures.length < KEPT_FAILURES)
    result.failures.push({ kind, isFresh, failure, at: new Date().toISOString() });
}

let isOver = false;

async function closed(callers: number): Promise<void> {
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      while (!isOver) await ask(drawn(), performance.now(), caller % FRESH_EVERY === 0);
    }),
  );
}

async function open(perSecond: number): Promise<void> {
  const startedMs = performance.now();
  const asked = new Set<Promise<void>>();
  for (let sent = 0; !isOver; ) {
    for (; sent < ((performance.now() - startedMs) * perSecond) / 1_000; sent += 1) {
      const asking = ask(drawn(), startedMs + (sent * 1_000) / perSecond, sent % FRESH_EVERY === 0);
      asked.add(asking);
      void asking.finally(() => asked.delete(asking));
    }
    await pause(TICK_MS);
  }
  await Promise.all(asked);
}

for (let person = 0; person < order.people; person += 1) {
  const email = person === 0 ? ADMIN : newEmail();
  // The admin may be there from an earlier load.
  await signUp(url, email);
  const tokens = tokensOf(await logIn(email));
  const { id } = json(await call(`${url}/v1/users/me`, { token: tokens.accessToken }));
  people.push({ id, email, isRefreshing: false, ...tokens });
}
process.once('message', () => {
  isOver = true;
});
process.send?.('ready');
const startedMs = performance.now();
await (order.perSecond === undefined ? closed(order.callers ?? 1) : open(order.perSecond));
result.wallMs = performance.now() - startedMs;
kept.destroy();
process.send?.(result, () => process.disconnect());
