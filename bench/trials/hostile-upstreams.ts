import { hostilities } from '../../test/support/hostile-answers.js';
import { startUnacceptingServer, UNPLAYABLE } from '../../test/support/unaccepting-server.js';
import { call, password, signIn, signUp } from '../client.js';
import { forgetPeak, peakMb, residentMb } from '../resident-memory.js';
import { removeDataDir, startServer, temporaryDataDir } from '../server.js';
import { startHostileUpstream } from '../start-hostile-upstream.js';
import { spread } from '../statistics.js';
import type { Trial } from '../trial.js';

const ROUNDS = 500;
/** Of those who hang, drip or flood; the others are to be answered long before it. */
const DEADLINE_MS = 1_000;
const LONG_DEADLINE_MS = 5_000;
const SLACK_MS = 250;
const MAX_BYTES = 4 * 2 ** 20;
const MAX_RISE_MB = (4 * MAX_BYTES) / 1e6;
/**
 * Honest calls, two in five with the largest answer there may be. What they make of memory is what it is compared with:
 * between two rounds of the collector small calls alone let it grow by tens of megabytes.
 */
const HONEST_CALLS = 400;
/** Idle connections are kept for less. */
const SOCKETS_GONE_MS = 10_000;

interface Round {
  path: string;
  outcome: string;
  isRight: boolean;
  /** After the deadline; negative before it. */
  lateMs: number;
  peakMb: number;
  /** From before the call to the peak during it and the next. */
  riseMb: number;
  isNextServed: boolean;
}

export const trial: Trial = {
  claim:
    'Upstreams that hang, drip, flood, bomb, break off, lie or speak no HTTP, 500 rounds: each answer is right and there by its deadline and 250 ms, memory rises by less than 4 x OUTBOUND_MAX_BYTES in a round, and in all over what honest calls make of it, the next call is served, no connection stays',
  async run(progress) {
    const unaccepting = await startUnacceptingServer();
    if (!unaccepting) throw new Error(`No trial without a server that never accepts: ${UNPLAYABLE}.`);
    const dataDir = await temporaryDataDir();
    const upstream = await startHostileUpstream();
    const server = await startServer(dataDir, {
      OUTBOUND_ALLOW: [upstream.port, unaccepting.port].map((port) => `127.0.0.1:${port}`).join(','),
      OUTBOUND_MAX_BYTES: String(MAX_BYTES),
      UNSAFE_RATE_LIMIT_OFF: '1',
      LOG_LEVEL: 'info',
    });
    const pid = server.process.pid as number;
    try {
      await signUp(server.url, 'ada@example.org');
      const token = await signIn(server.url, 'ada@example.org');
      const fetched = (url: string, timeoutMs: number) =>
        call(`${server.url}/v1/outbound/fetch`, { method: 'POST', token, body: { url, timeoutMs } });
      const cases = [
        ...hostilities.map(({ path, right, isOnlyNotJson }) => ({
          path,
          url: upstream.origin + path,
          right: isOnlyNotJson ? [...right, '200'] : right,
        })),
        { path: 'never accepts', url: `http://127.0.0.1:${unaccepting.port}/`, right: ['UPSTREAM_TIMEOUT'] },
      ];

      const idleMb = residentMb(pid);
      forgetPeak(pid);
      for (let done = 0; done < HONEST_CALLS; done += 1)
        await fetched(`${upstream.origin}${honest[done % honest.length]}`, LONG_DEADLINE_MS);
      const honestPeakMb = peakMb(pid);

      const rounds: Round[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const { path, url, right } = cases[round % cases.length] as (typeof cases)[number];
        const timeoutMs = right.includes('UPSTREAM_TIMEOUT') ? DEADLINE_MS : LONG_DEADLINE_MS;
        forgetPeak(pid);
        const beforeMb = residentMb(pid);
        const { status, body, durationMs } = await fetched(url, timeoutMs);
        const outcome =
          status === 200 ? '200' : ((JSON.parse(body) as { code?: string }).code ?? `${status}`);
        const next = await fetched(`${upstream.origin}/echo`, LONG_DEADLINE_MS);
        rounds.push({
          path,
          outcome,
          isRight: right.includes(outcome),
          lateMs: durationMs - timeoutMs,
          peakMb: peakMb(pid),
          riseMb: peakMb(pid) - beforeMb,
          isNextServed: next.status === 200,
        });
        progress(round + 1, ROUNDS);
      }

      const goneMs = await untilGone(upstream.openSockets);
      const lateMs = spread(rounds.map((round) => round.lateMs)).max;
      const riseMb = spread(rounds.map((round) => round.riseMb));
      const hostilePeakMb = spread(rounds.map((round) => round.peakMb)).max;
      const overHonestMb = hostilePeakMb - honestPeakMb;
      const wrong = rounds.filter(({ isRight, isNextServed }) => !isRight || !isNextServed);
      const stillServes = (await signInAgain(server.url)) === 200;
      return {
        held:
          wrong.length === 0 &&
          lateMs <= SLACK_MS &&
          riseMb.max < MAX_RISE_MB &&
          overHonestMb < MAX_RISE_MB &&
          goneMs !== undefined &&
          stillServes,
        summary: `${ROUNDS - wrong.length} of ${ROUNDS} right; at most ${lateMs.toFixed(0)} ms after a deadline; memory rises by at most ${riseMb.max.toFixed(1)} MB in a round (limit ${MAX_RISE_MB.toFixed(1)}), its peak is ${overHonestMb.toFixed(1)} MB over that of honest calls; all connections gone ${goneMs === undefined ? 'never' : `after ${(goneMs / 1000).toFixed(1)} s`}`,
        figures: {
          behaviours: cases.length,
          latestMs: lateMs,
          memoryMb: {
            idle: idleMb,
            honestPeak: honestPeakMb,
            hostilePeak: hostilePeakMb,
            atTheEnd: residentMb(pid),
          },
          riseOfARoundMb: riseMb,
          // The kernel's own peak (VmHWM, reset before each round), of the process as users start it.
          highestRises: highest(rounds, ({ riseMb }) => riseMb),
          latest: highest(rounds, ({ lateMs }) => lateMs),
          connectionsGoneMs: goneMs,
          outcomes: outcomes(rounds),
          wrong: wrong.slice(0, 20),
        },
      };
    } finally {
      await server.stop();
      await upstream.stop();
      await unaccepting.close();
      await removeDataDir(dataDir);
    }
  },
};

const honest = ['/echo', `/bytes?n=${MAX_BYTES}`, '/echo', `/bytes?n=${MAX_BYTES}&gzip=1`, '/redirects?n=3'];

/** @returns after how long the last connection was gone */
async function untilGone(openSockets: () => Promise<number>): Promise<number | undefined> {
  const startedMs = performance.now();
  while (performance.now() - startedMs < SOCKETS_GONE_MS) {
    if ((await openSockets()) === 0) return performance.now() - startedMs;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return undefined;
}

const signInAgain = async (url: string) =>
  (await call(`${url}/v1/auth/login`, { method: 'POST', body: { email: 'ada@example.org', password } }))
    .status;

/** The behaviours with the highest figures. */
function highest(rounds: readonly Round[], figure: (round: Round) => number) {
  const most = new Map<string, number>();
  for (const round of rounds)
    most.set(round.path, Math.max(figure(round), most.get(round.path) ?? Number.NEGATIVE_INFINITY));
  return Object.fromEntries([...most].sort(([, a], [, b]) => b - a).slice(0, 8));
}

function outcomes(rounds: readonly Round[]) {
  const counts: Record<string, number> = {};
  for (const { outcome } of rounds) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
