// @ts-check
/**
 * One process, as Lambda has it, with the API twice on one database: from the zip, asked by events, and from dist/, asked by
 * `inject` and over a socket. Told what to do by its parent (bench/scenarios/adapters.ts), it answers one request after
 * the other, all ways in turn, and sends what each took.
 */
import 'reflect-metadata';
import { Agent, request } from 'node:http';
import { createHistogram } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { createApp } from '#dist/app.js';
import { readConfig } from '#dist/config.js';
import { handleEvents } from '#dist/lambda/handle-events.js';

/** @typedef {{ folder: string, rounds: number, warmUpRounds: number, durationMs: number, headers: Record<string, string> }} Plan */
/** @typedef {{ target: string, events: Record<string, { requestContext: object }> }} Asked */
/** @typedef {() => Promise<{ status: number, body: string }>} Ask */

const [plan, asked] = /** @type {[Plan, Asked[]]} */ (JSON.parse(process.argv[2] ?? ''));
const { handler } = await import(pathToFileURL(`${plan.folder}/index.mjs`).href);
const app = await createApp(readConfig(process.env));
const unbundled = handleEvents(app);
await app.listen(0, '127.0.0.1');
const { port } = /** @type {import('node:net').AddressInfo} */ (app.getHttpServer().address());
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const context = /** @type {any} */ ({ getRemainingTimeInMillis: () => 29_000 });

/** A fresh event each time; the time in it counts. */
const byEvent =
  (/** @type {typeof handler} */ handle, /** @type {{ requestContext: object }} */ event) => async () => {
    const nowMs = Date.now();
    const requestContext = { ...event.requestContext, timeEpoch: nowMs, requestTimeEpoch: nowMs };
    const { statusCode, body } = await handle({ ...event, requestContext }, context);
    return { status: statusCode, body };
  };

/** @param {Asked} request @returns {Record<string, Ask>} */
const waysOf = ({ target, events }) => ({
  inject: async () => {
    const { statusCode, body } = await app.inject({ method: 'GET', url: target, headers: plan.headers });
    return { status: statusCode, body };
  },
  ...Object.fromEntries(Object.entries(events).map(([name, event]) => [name, byEvent(handler, event)])),
  'API Gateway v2, not bundled': byEvent(
    unbundled,
    /** @type {{ requestContext: object }} */ (events['API Gateway v2']),
  ),
  socket: () =>
    new Promise((resolve, reject) => {
      request({ port, host: '127.0.0.1', path: target, headers: plan.headers, agent }, (answer) => {
        text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
      })
        .on('error', reject)
        .end();
    }),
});

async function sample(/** @type {Ask} */ ask) {
  globalThis.gc?.();
  const durations = createHistogram();
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  let count = 0;
  for (let nowMs = startedMs; nowMs - startedMs < plan.durationMs; count += 1) {
    const { status } = await ask();
    if (status !== 200) throw new Error(`answered ${status}`);
    const endedMs = performance.now();
    durations.record(Math.max(1, Math.round((endedMs - nowMs) * 1000)));
    nowMs = endedMs;
  }
  const { user, system } = process.cpuUsage(cpu);
  return {
    perSecond: (count * 1000) / (performance.now() - startedMs),
    p99Ms: durations.percentile(99) / 1000,
    cpuMs: (user + system) / 1000 / count,
  };
}

const requests = asked.map((request) => ({ target: request.target, ways: Object.entries(waysOf(request)) }));
for (const { target, ways } of requests) {
  const bodies = new Set();
  for (const [, ask] of ways) bodies.add((await ask()).body);
  if (bodies.size > 1) throw new Error(`the ways answer ${target} differently: ${[...bodies].join(' and ')}`);
}
const total = plan.warmUpRounds + plan.rounds;
for (let round = 0; round < total; round += 1) {
  // There and back: what the machine does slowly meanwhile happens to all.
  for (const { target, ways } of requests)
    for (const [way, ask] of round % 2 === 0 ? ways : ways.toReversed()) {
      const measured = await sample(ask);
      if (round >= plan.warmUpRounds) process.send?.({ target, way, ...measured });
    }
  process.send?.({ done: round + 1, total });
}
process.disconnect();
process.exit();
