/**
 * Flat means: what is alive in the workers together, as lines laid through it by least squares, rises by less than
 * MAX_KEPT_BYTES with each request; before the restart and after it, each after the share WARM_UP of that time: until then
 * code is compiled, and heaps and pools grow to their size. What is resident is told and proves nothing: when garbage is
 * collected moves it by tens of megabytes. On a machine that others use too, what waits is alive as well.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type LiveReading, liveSlope, openLiveMemory, type Span } from '../live-memory.js';
import { residentMb } from '../resident-memory.js';
import { type Cluster, handlesOf, startCluster } from '../start-cluster.js';
import { durationsOf, startMixedLoad, statusesOf } from '../start-mixed-load.js';
import { spread } from '../statistics.js';
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
/** Each time a worker stands still for some 50 ms: one request in 300 meets it, too few to move p99. */
const COLLECT_EVERY_MS = 15_000;
/**
 * Of all kinds of requests together. Readings lie within 0.5 MB of their line where nobody waits, which at 300 requests a
 * second is some 20 bytes each; a handler of a third of the requests that keeps 500 bytes of each of its own is 170.
 */
const MAX_KEPT_BYTES = 100;
/** Longer than an unused connection to the database is kept (DATABASE_IDLE_MS). */
const REST_S = 30;
/** Kept connections of both sides, and the pool's, are closed by themselves. */
const HANDLES_LIMIT_S = 100;
const S_A_MINUTE = 60;
const BYTES_A_MB = 1e6;

interface Sample {
  second: number;
  /** Megabytes, of each worker by process id. */
  workers: Record<number, number>;
  totalMb: number;
  handles: number;
}

function sampleOf(cluster: Cluster, second: number): Sample {
  const pids = cluster.workers();
  const workers = Object.fromEntries(pids.map((pid) => [pid, Math.round(residentMb(pid) * 10) / 10]));
  const totalMb = Math.round(Object.values(workers).reduce((sum, mb) => sum + mb, 0));
  return { second, workers, totalMb, handles: pids.reduce((sum, pid) => sum + handlesOf(pid), 0) };
}

/** What is left of a time once all is warm. */
const warm = ({ fromMs, untilMs }: Span): Span => ({
  fromMs: fromMs + (untilMs - fromMs) * WARM_UP,
  untilMs,
});

/** What the workers keep; undefined where the time was too short to say. */
function keptIn(span: Span, readings: readonly LiveReading[][], perSecond: number) {
  const bytesAMinute = liveSlope(readings, span, WORKERS);
  if (bytesAMinute === undefined) return undefined;
  return {
    mbAMinute: Number((bytesAMinute / BYTES_A_MB).toFixed(3)),
    bytesARequest: Math.round(bytesAMinute / (perSecond * S_A_MINUTE)),
  };
}
type Kept = ReturnType<typeof keptIn>;

const isFlat = (kept: Kept): boolean => kept !== undefined && kept.bytesARequest < MAX_KEPT_BYTES;
const told = (kept: Kept): string =>
  kept ? `${kept.bytesARequest} bytes a request (${kept.mbAMinute.toFixed(1)} MB a minute)` : 'unknown';

/** Of each worker, for who looks at the record: when, how much, and how long it stood still for it. */
const liveShown = (readings: readonly LiveReading[][], startedAtMs: number) =>
  readings.map((ofOne) =>
    ofOne.map(({ atMs, bytes, pauseMs }) => ({
      second: Math.round((atMs - startedAtMs) / 1_000),
      mb: Number((bytes / BYTES_A_MB).toFixed(3)),
      pauseMs: Math.round(pauseMs),
    })),
  );

/** Of each minute the sample with the least resident: what is there right after a collection. */
function leastOfMinutes(samples: readonly Sample[]): Sample[] {
  const least = new Map<number, Sample>();
  for (const sample of samples) {
    const minute = Math.floor(sample.second / S_A_MINUTE);
    if (sample.totalMb < (least.get(minute)?.totalMb ?? Number.POSITIVE_INFINITY)) least.set(minute, sample);
  }
  return [...least.values()];
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
  claim: `ten minutes of mixed load at ${SHARE_OF_CAPACITY * 100} % of capacity, ${WORKERS} workers, with a rolling restart: no request fails, live memory rises by less than ${MAX_KEPT_BYTES} bytes a request before the restart and after it, handles come back`,
  async run(progress, { minutes = DEFAULT_MINUTES } = {}) {
    const memory = await openLiveMemory(COLLECT_EVERY_MS);
    const cluster = await startCluster(WORKERS, { OUTBOUND_HOST_CONCURRENCY: '1000', ...memory.env });
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
      const samples: Sample[] = [];
      const databaseConnections: (number | undefined)[] = [];
      const startedMs = performance.now();
      const startedAtMs = Date.now();
      const restartAtMs = startedAtMs + restartS * 1_000;
      const endAtMs = startedAtMs + totalS * 1_000;
      let restartedAtMs = endAtMs;
      for (let second = 0; second < totalS; second += 1) {
        await pause(startedMs + second * 1_000 - performance.now());
        if (second === restartS)
          restart = cluster.restart().finally(() => {
            restartedAtMs = Date.now();
          });
        const sample = sampleOf(cluster, second);
        if (second % S_A_MINUTE === 0) databaseConnections.push(await cluster.databaseConnections());
        samples.push(sample);
        progress(second + 1, totalS);
      }
      const restartMs = Math.round((await restart) ?? 0);
      const result = await load.stop();
      const handlesAfter = await handlesSettled(cluster, (handles) => handles <= handlesAtStart);
      const readings = await memory.readings();
      const keptFrom = (fromMs: number, untilMs: number) =>
        keptIn(warm({ fromMs, untilMs }), readings, perSecond);
      const kept = {
        beforeRestart: keptFrom(startedAtMs, restartAtMs),
        afterRestart: keptFrom(restartedAtMs, endAtMs),
      };
      const durations = spread(durationsOf(result));
      return {
        held:
          result.failed === 0 &&
          isFlat(kept.beforeRestart) &&
          isFlat(kept.afterRestart) &&
          handlesAfter <= handlesAtStart,
        summary: `${result.failed} of ${result.requests} requests failed at ${perSecond}/s; p99 ${Math.round(durations.p99)} ms; kept before the restart ${told(kept.beforeRestart)}, after it ${told(kept.afterRestart)}; handles ${handlesAtStart} -> ${handlesAfter}`,
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
          kept,
          live: liveShown(readings, startedAtMs),
          handlesAtStart,
          handlesAfter,
          databaseConnections,
          resident: leastOfMinutes(samples),
        },
      };
    } finally {
      await cluster.remove();
      await memory.remove();
    }
  },
};
