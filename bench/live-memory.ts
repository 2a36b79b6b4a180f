/** What is alive in a cluster's workers: heap and buffers, after a collection of all garbage. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { slope } from './statistics.js';

/** Fewer make no line. */
const MIN_READINGS = 3;
const MS_A_MINUTE = 60_000;
const program = new URL('./servers/tell-live-memory.js', import.meta.url);

/** Milliseconds since the epoch. */
export interface Span {
  fromMs: number;
  untilMs: number;
}

export interface LiveReading {
  /** Since the epoch. */
  atMs: number;
  bytes: number;
  /** How long the worker stood still for it. */
  pauseMs: number;
}

export interface LiveMemory {
  /** For the server that is looked at. */
  readonly env: Record<string, string>;
  /** Of each worker there has been. */
  readings(): Promise<LiveReading[][]>;
  remove(): Promise<void>;
}

export async function openLiveMemory(everyMs: number): Promise<LiveMemory> {
  const folder = await mkdtemp(join(tmpdir(), 'farebox-live-memory-'));
  const readingsOf = async (pid: string) =>
    (await readFile(join(folder, pid), 'utf8'))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as LiveReading);
  return {
    env: {
      NODE_OPTIONS: `--import ${program.href}`,
      LIVE_MEMORY_FOLDER: folder,
      LIVE_MEMORY_EVERY_MS: String(everyMs),
    },
    readings: async () => Promise.all((await readdir(folder)).map(readingsOf)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Bytes a minute, of all `workers` together; undefined: not each of them was looked at often enough in that time. */
export function liveSlope(
  readings: readonly LiveReading[][],
  { fromMs, untilMs }: Span,
  workers: number,
): number | undefined {
  const lines = readings
    .map((ofOne) => ofOne.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs))
    .filter(({ length }) => length >= MIN_READINGS)
    .map((ofOne) => slope(ofOne.map(({ atMs, bytes }) => [(atMs - fromMs) / MS_A_MINUTE, bytes])));
  return lines.length === workers ? lines.reduce((sum, line) => sum + line, 0) : undefined;
}
