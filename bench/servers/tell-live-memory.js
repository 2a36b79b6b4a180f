// @ts-check
/**
 * `node --import tell-live-memory.js` (see live-memory.ts): each worker of a cluster collects all its garbage every
 * LIVE_MEMORY_EVERY_MS, and adds to LIVE_MEMORY_FOLDER/PID what is left: what is resident says more of the collector than of a leak.
 */
import cluster from 'node:cluster';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

const { LIVE_MEMORY_FOLDER: folder, LIVE_MEMORY_EVERY_MS: everyMs } = process.env;

if (cluster.isWorker && isMainThread && folder) {
  setFlagsFromString('--expose-gc');
  // A flag of a process that runs holds for contexts that are made after it.
  const collect = runInNewContext('gc');
  setInterval(() => {
    const startedMs = performance.now();
    collect();
    const pauseMs = performance.now() - startedMs;
    // Buffers are part of what is external.
    const { heapUsed, external } = process.memoryUsage();
    const reading = { atMs: Date.now(), bytes: heapUsed + external, pauseMs };
    appendFileSync(join(folder, String(process.pid)), `${JSON.stringify(reading)}\n`);
  }, Number(everyMs)).unref();
}
