/** While this process has more to do than it can, most requests are refused before they cost anything (decision 0019). */
import { randomInt } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { EventLoop } from '../metering/event-loop.js';
import type { Metrics } from '../metering/metrics.js';
import { Problem } from '../problem.js';
import { isNeverShed } from './never-shed.js';

/** Not all together: those that are told the same second come back in the same second. */
const RETRY_AFTER_SECONDS = { least: 1, most: 3 };
/** A lasting flood is refused by fits and starts: an episode is over when the loop was in time for so long. */
const QUIET_MS = 5_000;

const overloaded = (): Problem =>
  new Problem('OVERLOADED', 'The server has too much to do at the moment. Nothing was done.', {
    retryAfterSeconds: randomInt(RETRY_AFTER_SECONDS.least, RETRY_AFTER_SECONDS.most + 1),
    // An episode has its lines; one for each request would be more work than is saved.
    isLogged: true,
  });

interface Episode {
  readonly sinceMs: number;
  lateMs: number;
  shed: number;
}

/** @param maxDelayMs that the event loop may be late on the average of a sample */
export function shedLoad(fastify: FastifyInstance, maxDelayMs: number, metrics: Metrics): void {
  let wasLate = false;
  let isShedding = false;
  let episode: Episode | undefined;

  const stop = EventLoop.ofThisProcess().onSample(({ meanMs }) => {
    const nowMs = performance.now();
    const isLate = meanMs > maxDelayMs;
    // One late sample may be one stall, which is over: nobody is refused for it. In an episode it is more of the same.
    if (isLate && wasLate && !episode) {
      episode = { sinceMs: nowMs, lateMs: nowMs, shed: 0 };
      fastify.log.warn({ loopDelayMs: Math.round(meanMs), maxLoopDelayMs: maxDelayMs }, 'overloaded');
    }
    wasLate = isLate;
    isShedding = isLate && episode !== undefined;
    if (isShedding && episode) episode.lateMs = nowMs;
    if (!episode || nowMs - episode.lateMs < QUIET_MS) return;
    const { shed, lateMs, sinceMs } = episode;
    fastify.log.warn({ shed, durationMs: Math.round(lateMs - sinceMs) }, 'no longer overloaded');
    episode = undefined;
  });
  fastify.addHook('onClose', async () => stop());

  fastify.addHook('onRequest', (request, _reply, done) => {
    if (!isShedding || isNeverShed(request.routeOptions.url ?? '')) return done();
    // Costs no more than a refusal, and a page whose preflight fails is not told that it was one.
    if (request.method === 'OPTIONS') return done();
    if (episode) episode.shed += 1;
    metrics.countShed();
    done(overloaded());
  });
}
