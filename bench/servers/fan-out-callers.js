// @ts-check
/**
 * Makes many calls, so many at the same time, as often as it is asked to: by the outbound room, or by axios alone with
 * an agent of the same options. One process a side, so that neither has the other's garbage to collect.
 */
import { Agent } from 'node:http';
import axios from 'axios';
import { readConfig } from '#dist/config.js';
import { Metrics } from '#dist/metering/metrics.js';
import { each, fanOut } from '#dist/outbound/fan-out.js';
import { Outbound } from '#dist/outbound/outbound.js';

const BLOCK_CHARACTERS = 16_384;

/** @type {{ side: 'room' | 'axios'; url: string; calls: number; concurrency: number }} */
const { side, url, calls, concurrency } = JSON.parse(process.argv[2] ?? '');
const urls = Array.from({ length: calls }, () => url);

async function byTheRoom() {
  const { host } = new URL(url);
  const { outbound } = readConfig({
    OUTBOUND_ALLOW: host,
    OUTBOUND_HOST_CONCURRENCY: String(concurrency),
    OUTBOUND_CALLS_PER_HOUR: '100000000',
  });
  const metrics = await Metrics.open({ isFunction: false, hosts: [host] });
  const room = new Outbound(outbound, () => undefined, metrics);
  const { signal } = new AbortController();
  /** A line a call, as in a server, to where nobody reads; in blocks, so that the room is measured and not a terminal. */
  let lines = '';
  const write = (/** @type {object} */ fields, /** @type {string} */ message) => {
    lines += `${JSON.stringify({ level: 'info', time: new Date(), ...fields, message })}\n`;
    if (lines.length < BLOCK_CHARACTERS) return;
    process.stdout.write(lines);
    lines = '';
  };
  const caller = {
    userId: 'ada',
    signal,
    log: { info: write, warn: write },
    pointer: '/url',
    cdnLoop: undefined,
  };
  const request = { method: 'GET', headers: {}, body: undefined, timeoutMs: 10_000, retries: 0 };
  return async () => {
    const leave = room.enter(caller);
    try {
      let ok = 0;
      for await (const { status, body } of fanOut(each(urls), concurrency, (url) =>
        room.call({ ...request, url }, caller),
      ))
        if (status === 200 && body.text.length > 0) ok += 1;
      return ok;
    } finally {
      leave();
    }
  };
}

async function byAxios() {
  const client = axios.create({
    adapter: 'http',
    proxy: false,
    // As src/outbound/guarded-agents.ts has it.
    httpAgent: new Agent({ keepAlive: true, timeout: 4_000, maxFreeSockets: 64, scheduling: 'lifo' }),
  });
  return async () => {
    let [next, ok] = [0, 0];
    const caller = async () => {
      for (let at = next++; at < calls; at = next++) {
        const { status, data } = await client.get(url);
        if (status === 200 && data.id === 7) ok += 1;
      }
    };
    await Promise.all(Array.from({ length: concurrency }, caller));
    return ok;
  };
}

const makeCalls = await { room: byTheRoom, axios: byAxios }[side]();

process.on('disconnect', () => process.exit(0));
process.on('message', async () => {
  const startedMs = performance.now();
  const ok = await makeCalls();
  process.send?.({ tookMs: performance.now() - startedMs, ok });
});
