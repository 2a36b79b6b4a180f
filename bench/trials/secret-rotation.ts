/**
 * A -> A,B -> B,A -> B, each step by a rolling restart. In this order, because old and new processes serve side by side while
 * it runs: every process must know B before any signs with it (A,B: A still signs), and none may forget A while a token
 * that A signed is in use (B,A). An access token lives 10 minutes: so long an operator waits before the last step. Here
 * everybody refreshes meanwhile, which comes to the same: no token of A is left. Refresh tokens are compared with a hash
 * that no secret is part of, so they outlive any rotation; a cursor that A signed is refused (400) once A is gone.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { startCluster } from '../start-cluster.js';
import { startMixedLoad, statusesOf } from '../start-mixed-load.js';
import type { Trial } from '../trial.js';

const WORKERS = 2;
const PEOPLE = 50;
const CALLERS = 16;
const A = 'Zm9yLWEtdHJpYWwtb2Ytcm90YXRpb24tb2xkLW9uZQ';
const B = 'dGhlLW5ldy1vbmUtb2YtdGhlLXNhbWUtdHJpYWwtMg';
const steps = [`${A},${B}`, `${B},${A}`, B];
/** At 16 callers everybody's turn to refresh comes within a second or two; the oldest token goes first. */
const BETWEEN_MS = 20_000;

export const trial: Trial = {
  claim: `SECRETS rotated under load by three rolling restarts, ${PEOPLE} users signed in: none is signed out, no request fails`,
  async run(progress) {
    const cluster = await startCluster(WORKERS, {}, { SECRETS: A });
    try {
      const load = await startMixedLoad({
        url: cluster.server.url,
        people: PEOPLE,
        callers: CALLERS,
        kinds: ['read', 'patch', 'refresh'],
      });
      const restartsMs: number[] = [];
      for (const SECRETS of steps) {
        await pause(BETWEEN_MS);
        restartsMs.push(Math.round(await cluster.restart({ SECRETS })));
        progress(restartsMs.length, steps.length);
      }
      await pause(BETWEEN_MS);
      const result = await load.stop();
      const signedOut = Object.values(result.kinds).reduce(
        (sum, { statuses }) => sum + (statuses[401] ?? 0),
        0,
      );
      return {
        held: signedOut === 0 && result.failed === 0,
        summary: `${signedOut} x 401, ${result.failed} of ${result.requests} requests failed`,
        figures: {
          engine: cluster.engine,
          people: PEOPLE,
          requests: result.requests,
          refreshes: result.kinds.refresh?.statuses[200] ?? 0,
          signedOut,
          failed: result.failed,
          failures: result.failures,
          statuses: statusesOf(result),
          restartsMs,
        },
      };
    } finally {
      await cluster.remove();
    }
  },
};
