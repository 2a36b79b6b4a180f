import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, call, probe, signIn, signUp } from '../client.js';
import { closedLoop } from '../closed-loop.js';
import { openLoop } from '../open-loop.js';
import { removeDataDir, startServer, temporaryDataDir } from '../server.js';
import { median, spread } from '../statistics.js';
import { statusCounts, type Trial } from '../trial.js';

const ROUNDS = 3;
const LOAD_MS = 10_000;
const TIMES_CAPACITY = 3;
const CONNECTIONS = 500;
const RECOVERY_MS = 2_000;
/** In the body of each request of the flood: to read 200 kB of JSON takes the loop some milliseconds. */
const NUMBERS = 100_000;
const NEIGHBOURS = 4;
const BETWEEN_MS = 20;

/** `MAX_LOOP_DELAY_MS`: as it is by default, stricter, and never. */
const limits = { default: '500', strict: '100', none: '0' };
type Limit = keyof typeof limits;
const names = Object.keys(limits) as Limit[];

const body = JSON.stringify({ name: Array.from({ length: NUMBERS }, () => 1) });
/** Anybody may send it: it is refused as invalid (400) once it is read. */
const request = `POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const ANSWERED = 400;

async function withServer<T>(
  limit: Limit,
  work: (server: { url: string; port: number; token: string }) => Promise<T>,
) {
  const dataDir = await temporaryDataDir();
  const server = await startServer(dataDir, {
    MAX_LOOP_DELAY_MS: limits[limit],
    UNSAFE_RATE_LIMIT_OFF: '1',
  });
  try {
    // A strict limit may be exceeded by the start itself.
    for (;;) {
      const { status } = await signUp(server.url, 'ada@example.org');
      if (status === 201 || status === 409) break;
      await pause(BETWEEN_MS);
    }
    const token = await signIn(server.url, 'ada@example.org');
    return await work({ url: server.url, port: Number(new URL(server.url).port), token });
  } finally {
    await server.stop('SIGKILL');
    await removeDataDir(dataDir);
  }
}

const capacity = (): Promise<number> =>
  withServer('none', async ({ port }) => {
    const load = { port, connections: 16, warmUpMs: 2_000, durationMs: 5_000 };
    return Math.round((await closedLoop({ ...load, next: () => request, expected: ANSWERED })).perSecond);
  });

/** Somebody else's small requests, one after the other. */
async function neighbours(url: string, token: string, until: Promise<unknown>): Promise<Answer[]> {
  const answers: Answer[] = [];
  let isOver = false;
  const over = until.finally(() => {
    isOver = true;
  });
  const ask = async () => {
    for (; !isOver; await pause(BETWEEN_MS)) answers.push(await call(`${url}/v1/users/me`, { token }));
  };
  await Promise.all([over, ...Array.from({ length: NEIGHBOURS }, ask)]);
  return answers;
}

const spreadOf = (answers: readonly { durationMs: number }[]) =>
  answers.length > 0 ? spread(answers.map(({ durationMs }) => durationMs)) : undefined;

const round = (limit: Limit, perSecond: number) =>
  withServer(limit, async ({ url, port, token }) => {
    const load = openLoop({ port, perSecond, durationMs: LOAD_MS, connections: CONNECTIONS, request });
    const [live, others, flood] = await Promise.all([
      probe(`${url}/health/live`, load, BETWEEN_MS),
      neighbours(url, token, load),
      load,
    ]);
    const endedMs = performance.now();
    while ((await call(`${url}/v1/users/me`, { token })).status !== 200) await pause(BETWEEN_MS);
    const answered = flood.answers.filter(({ status }) => status === ANSWERED);
    const refused = flood.answers.filter(({ status }) => status !== ANSWERED);
    return {
      due: flood.due,
      unsent: flood.unsent,
      unanswered: flood.unanswered,
      answeredPerSecond: Math.round((answered.length * 1000) / LOAD_MS),
      answeredMs: spreadOf(answered),
      refusedMs: spreadOf(refused),
      statuses: statusCounts(flood.answers),
      withoutRetryAfter: refused.filter(({ hasRetryAfter }) => !hasRetryAfter).length,
      neighbours: {
        statuses: statusCounts(others),
        servedMs: spreadOf(others.filter(({ status }) => status === 200)),
      },
      liveMs: spread(live),
      recoveryMs: Math.round(performance.now() - endedMs),
    };
  });
type Round = Awaited<ReturnType<typeof round>>;

export const trial: Trial = {
  claim:
    'A flood of three times what can be answered: with the limit on the loop’s delay answers come sooner at p99 than without, who is refused is told when to return, and 2 s after its end all are served',
  async run(progress) {
    const perSecond = await capacity();
    const rounds: Record<Limit, Round>[] = [];
    for (let n = 0; n < ROUNDS; n += 1) {
      const one = {} as Record<Limit, Round>;
      // Each goes first in its turn.
      for (const [index] of names.entries()) {
        const name = names[(index + n) % names.length] as Limit;
        one[name] = await round(name, perSecond * TIMES_CAPACITY);
      }
      rounds.push(one);
      progress(n + 1, ROUNDS);
    }
    const medians = (read: (one: Round) => number | undefined) =>
      Object.fromEntries(
        names.map((name) => {
          const known = rounds.map((one) => read(one[name])).filter((value) => value !== undefined);
          return [name, known.length > 0 ? Math.round(median(known)) : undefined];
        }),
      ) as Record<Limit, number | undefined>;
    const answeredP99Ms = medians(({ answeredMs }) => answeredMs?.p99);
    const liveP99Ms = medians(({ liveMs }) => liveMs.p99);
    const all = rounds.flatMap((one) => [one.default, one.strict]);
    return {
      summary: `answers p99 ${answeredP99Ms.default} ms (500), ${answeredP99Ms.strict} ms (100), ${answeredP99Ms.none} ms (none); /health/live p99 ${liveP99Ms.default}, ${liveP99Ms.strict}, ${liveP99Ms.none} ms`,
      held:
        (answeredP99Ms.default ?? 0) < (answeredP99Ms.none ?? 0) &&
        all.every(
          ({ withoutRetryAfter, unanswered, recoveryMs }) =>
            withoutRetryAfter === 0 && unanswered === 0 && recoveryMs < RECOVERY_MS,
        ),
      figures: {
        capacityPerSecond: perSecond,
        answeredPerSecond: medians((one) => one.answeredPerSecond),
        answeredP50Ms: medians(({ answeredMs }) => answeredMs?.p50),
        answeredP99Ms,
        refusedP50Ms: medians(({ refusedMs }) => refusedMs?.p50),
        neighboursP50Ms: medians((one) => one.neighbours.servedMs?.p50),
        neighboursP99Ms: medians((one) => one.neighbours.servedMs?.p99),
        liveP50Ms: medians(({ liveMs }) => liveMs.p50),
        liveP99Ms,
        rounds,
      },
    };
  },
};
