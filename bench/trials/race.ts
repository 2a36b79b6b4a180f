import type { RaceShown } from '../../src/lab/races/races.schema.js';
import { call, probe } from '../client.js';
import { followEvents } from '../follow-events.js';
import { removeDataDir, startServer, temporaryDataDir } from '../server.js';
import { spread } from '../statistics.js';
import type { Trial } from '../trial.js';

const races = [
  { workload: 'wait', ms: 50, requests: 100, concurrency: 10 },
  { workload: 'fib', n: 27, requests: 50, concurrency: 10 },
];
const LIMIT_MS = 60_000;
/** Live is what comes while it happens: never longer than this without a word, once the contestants run. */
const SILENCE_MS = 5_000;
/** The server that was asked for the race has no part in it. */
const HOST_P99_MS = 50;

async function race(url: string, asked: object) {
  const startedMs = performance.now();
  const { status, headers } = await call(`${url}/lab/races`, { method: 'POST', body: asked });
  if (status !== 202) throw new Error(`a race was answered with ${status}`);
  const following = followEvents(`${url}${headers.location}/events`);
  const host = await probe(`${url}/health/live`, following, 20);
  const events = await following;
  const durationMs = Math.round(performance.now() - startedMs);
  const times = events.filter(({ name }) => name !== 'started').map(({ atMs }) => atMs);
  const silencesMs = times.map((atMs, index) => atMs - (times[index - 1] ?? atMs));
  const last = events.at(-1);
  if (!last) throw new Error('a race said nothing');
  const { table, state } = last.data as unknown as RaceShown;
  return {
    asked,
    state,
    durationMs,
    progressEvents: events.filter(({ name }) => name === 'progress').length,
    /** That the two processes took to be there. */
    beginsAfterMs: times[0],
    longestSilenceMs: Math.max(...silencesMs),
    /** Of the server that was asked for the race. */
    hostMs: spread(host),
    table,
  };
}

type Outcome = Awaited<ReturnType<typeof race>>;

const isRight = ({ state, durationMs, progressEvents, longestSilenceMs, hostMs, table }: Outcome): boolean =>
  state === 'finished' &&
  table?.complete === true &&
  table.contestants.length === 3 &&
  table.contestants.every(({ usdPerMillion }) => usdPerMillion.oneRequestInstance !== null) &&
  durationMs < LIMIT_MS &&
  progressEvents >= 10 &&
  longestSilenceMs < SILENCE_MS &&
  hostMs.p99 < HOST_P99_MS;

export const trial: Trial = {
  claim:
    'A race of all styles, asked for over the API, ends in under 60 s with live progress and prices, while the server that was asked answers others in under 50 ms at p99',
  async run(progress) {
    const dataDir = await temporaryDataDir();
    const server = await startServer(dataDir);
    try {
      const outcomes: Outcome[] = [];
      for (const asked of races) {
        outcomes.push(await race(server.url, asked));
        progress(outcomes.length, races.length);
      }
      return {
        held: outcomes.every(isRight),
        summary: outcomes
          .map(({ durationMs, table }) => `${(durationMs / 1000).toFixed(1)} s: ${table?.verdict}`)
          .join(' '),
        figures: { races: outcomes },
      };
    } finally {
      await server.stop();
      await removeDataDir(dataDir);
    }
  },
};
