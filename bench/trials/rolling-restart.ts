import { setTimeout as pause } from 'node:timers/promises';
import { startCluster } from '../start-cluster.js';
import { durationsOf, startMixedLoad, statusesOf } from '../start-mixed-load.js';
import { spread } from '../statistics.js';
import type { Trial } from '../trial.js';

const WORKERS = 2;
const RESTARTS = 5;
const PEOPLE = 20;
/** One in four opens a connection for each request, the others keep theirs. */
const CALLERS = 12;
const BETWEEN_MS = 1_000;

export const trial: Trial = {
  claim: `${RESTARTS} rolling restarts of ${WORKERS} workers under mixed load, over kept and fresh connections: no request fails`,
  async run(progress) {
    const cluster = await startCluster(WORKERS);
    try {
      const load = await startMixedLoad({ url: cluster.server.url, people: PEOPLE, callers: CALLERS });
      const restartsMs: number[] = [];
      for (let restart = 1; restart <= RESTARTS; restart += 1) {
        await pause(BETWEEN_MS);
        restartsMs.push(Math.round(await cluster.restart()));
        progress(restart, RESTARTS);
      }
      const result = await load.stop();
      return {
        held: result.failed === 0 && restartsMs.length === RESTARTS,
        summary: `${result.failed} of ${result.requests} requests failed; a restart took ${Math.round(Math.max(...restartsMs) / 1_000)} s at most`,
        figures: {
          engine: cluster.engine,
          requests: result.requests,
          failed: result.failed,
          failures: result.failures,
          statuses: statusesOf(result),
          durationMs: spread(durationsOf(result)),
          restartsMs,
        },
      };
    } finally {
      await cluster.remove();
    }
  },
};
