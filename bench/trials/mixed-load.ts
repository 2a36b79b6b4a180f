/**
 * Flat means: the megabytes of the two workers together, as a line laid through them by least squares, rise by less than
 * MAX_SLOPE_MB. Looked at each second; of each WINDOW_S the least counts, which is what is left after a collection of
 * garbage. Only between two restarts, and after the share WARM_UP of that time: until then code is compiled, and heaps and pools grow to their size.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { residentMb } from '../resident-memory.js';
import { type Cluster, handlesOf, startCluster } from '../start-cluster.js';
import { durationsOf, startMixedLoad, statusesOf } from '../start-mixed-load.js';
import { slope, spread } from '../statistics.js';
import type { Trial } from '../trial.js';

const WORKERS = 2;
const PEOPLE = 50;
/** Enough to keep two workers busy. */
const CALLERS = 16;
const CAPACITY_S = 30;
const SHARE_OF_CAPACITY = 0.8;
const DEFAULT_MINUTES = 10;
/** Early, so that most of the time lies after it, in one piece. */
const RESTART_AT = 0.3;
const WARM_UP = 0.5;
const WINDOW_S = 15;
/**
 * A minute. What a collection of old space gives back and takes moves the line by about that much in five minutes; 500 bytes
 * kept of each request, at 100 a second, are as much.
 */
const MAX_SLOPE_MB = 3;
/** Longer than an unused connection to the database is kept (DATABASE_IDLE_MS). */
const REST_S = 30;
/** Kept connections of both sides, and the pool's, are closed by themselves. */
const HANDLES_LIMIT_S = 100;
const S_A_MINUTE = 60;

interface Sample {
  second: number;
  /** Megabytes, of each worker by process id. */
  workers: Record<number, number>;
  totalMb: number;
  handles: number;
  databaseConnections?: number | undefined;
}

function sampleOf(cluster: Cluster, second: number): Sample {
  const pids = cluster.workers();
  const workers = Object.fromEntries(pids.map((pid) => [pid, Math.round(residentMb(pid) * 10) / 10]));
  const totalMb = Math.round(Object.values(workers).reduce((sum, mb) => sum + mb, 0));
  return { second, workers, totalMb, handles: pids.reduce((sum, pid) => sum + handlesOf(pid), 0) };
}

/** Megabytes a minute of the samples from `fromS` to `toS`. */
function slopeBetween(samples: readonly Sample[], fromS: number, toS: number): number | undefined {
  const windows = new Map<number, Sample>();
  for (const sample of samples.filter(({ second }) => second >= fromS && second < toS)) {
    const window = Math.floor(sample.second / WINDOW_S);
    if (sample.totalMb < (windows.get(window)?.totalMb ?? Number.POSITIVE_INFINITY))
      windows.set(window, sample);
  }
  if (windows.size < 2) return undefined;
  return slope([...windows.values()].map(({ second, totalMb }) => [second / S_A_MINUTE, totalMb]));
}

async function capacity(url: string): Promise<number> {
  const load = await startMixedLoad({ url, people: PEOPLE, callers: CALLERS });
  await pause(CAPACITY_S * 1_000);
  const { requests, failed, failures, wallMs } = await load.stop();
  if (failed > 0) throw new Error(`requests failed already alone: ${JSON.stringify(failures)}`);
  return (requests * 1_000) / wallMs;
}

async function handlesAtRest(cluster: Cluster): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let second = 0; second < REST_S; second += 1) {
    await pause(1_000);
    least = Math.min(least, sampleOf(cluster, second).handles);
  }
  return least;
}

const handlesSettled = async (cluster: Cluster, isEnough: (handles: number) => boolean): Promise<number> => {
  for (let second = 0; ; second += 1) {
    const { handles } = sampleOf(cluster, second);
    if (isEnough(handles) || second >= HANDLES_LIMIT_S) return handles;
    await pause(1_000);
  }
};

export const trial: Trial = {
  claim: `ten minutes of mixed load at ${SHARE_OF_CAPACITY * 100} % of capacity, ${WORKERS} workers, with a rolling restart: no request fails, memory rises by less than ${MAX_SLOPE_MB} MB a minute, handles come back`,
  async run(progress, { minutes = DEFAULT_MINUTES } = {}) {
    const cluster = await startCluster(WORKERS, { OUTBOUND_HOST_CONCURRENCY: '1000' });
    const { url } = cluster.server;
    try {
      const capacityPerSecond = await capacity(url);
      // After some use: what is opened once and kept counts on both sides.
      const handlesAtStart = await handlesAtRest(cluster);
      const perSecond = Math.floor(capacityPerSecond * SHARE_OF_CAPACITY);
      const load = await startMixedLoad({ url, people: PEOPLE, perSecond });
      const totalS = minutes * S_A_MINUTE;
      const restartS = Math.floor(totalS * RESTART_AT);
      let restart: Promise<number> | undefined;
      let restartedS = totalS;
      const samples: Sample[] = [];
      const startedMs = performance.now();
      for (let second = 0; second < totalS; second += 1) {
        await pause(startedMs + second * 1_000 - performance.now());
        if (second === restartS)
          restart = cluster.restart().finally(() => {
            restartedS = Math.ceil((performance.now() - startedMs) / 1_000);
          });
        const sample = sampleOf(cluster, second);
        if (second % S_A_MINUTE === 0) sample.databaseConnections = await cluster.databaseConnections();
        samples.push(sample);
        progress(second + 1, totalS);
      }
      const restartMs = Math.round((await restart) ?? 0);
      const result = await load.stop();
      const handlesAfter = await handlesSettled(cluster, (handles) => handles <= handlesAtStart);
      const slopes = {
        beforeRestart: slopeBetween(samples, restartS * WARM_UP, restartS),
        afterRestart: slopeBetween(samples, restartedS + (totalS - restartedS) * WARM_UP, totalS),
      };
      const durations = spread(durationsOf(result));
      return {
        held:
          result.failed === 0 &&
          slopes.afterRestart !== undefined &&
          slopes.afterRestart < MAX_SLOPE_MB &&
          handlesAfter <= handlesAtStart,
        summary: `${result.failed} of ${result.requests} requests failed at ${perSecond}/s; p99 ${Math.round(durations.p99)} ms; ${slopes.afterRestart?.toFixed(1)} MB a minute; handles ${handlesAtStart} -> ${handlesAfter}`,
        figures: {
          engine: cluster.engine,
          minutes,
          capacityPerSecond: Math.round(capacityPerSecond),
          perSecond,
          requests: result.requests,
          failed: result.failed,
          failures: result.failures,
          statuses: statusesOf(result),
          durationMs: durations,
          durationMsByKind: Object.fromEntries(
            Object.entries(result.kinds).map(([kind, { durationsMs }]) => [kind, spread(durationsMs)]),
          ),
          restartMs,
          mbAMinute: slopes,
          handlesAtStart,
          handlesAfter,
          samples: samples.filter(({ second }) => second % S_A_MINUTE === 0),
        },
      };
    } finally {
      await cluster.remove();
    }
  },
};
