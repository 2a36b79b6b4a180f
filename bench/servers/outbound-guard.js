// @ts-check
/**
 * What the guard by itself takes, without the rest of Farebox: a URL read and decided on with its addresses checked, and a
 * new connection through our agent beside one through Node's own, in turns.
 */
import { Agent, get } from 'node:http';
import { readConfig } from '#dist/config.js';
import { Connector } from '#dist/outbound/connect.js';
import { currentCall } from '#dist/outbound/current-call.js';
import { guardedAgents } from '#dist/outbound/guarded-agents.js';
import { NameResolver } from '#dist/outbound/name-resolver.js';
import { parseTarget } from '#dist/outbound/target.js';
import { TargetRules } from '#dist/outbound/target-rules.js';

/** @type {{ url: string; rounds: number; warmUpRounds: number; durationMs: number }} */
const { url, rounds, warmUpRounds, durationMs } = JSON.parse(process.argv[2] ?? '');

const allow = `127.0.0.1:${new URL(url).port}`;
const { outbound } = readConfig({
  OUTBOUND_ALLOW: `${allow},*.partner.example.org,192.0.2.0/24`,
  OUTBOUND_DENY: '*.evil.org',
});
const rules = new TargetRules(outbound, () => undefined);
const { httpAgent } = await guardedAgents(new Connector(rules, new NameResolver([])), false);
const plainAgent = new Agent({ keepAlive: false });
const { signal } = new AbortController();

const text = 'https://api.openly-reachable.org:8443/v1/items/42?fields=id,name&limit=20';
const addresses = ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'];

/** As of a name with an address of either family. */
function decide() {
  const target = parseTarget(text);
  rules.checkTarget(target);
  for (const address of addresses) rules.checkAddress(target, address);
}

/** @param {Agent} agent */
const fetched = (agent) =>
  new Promise((resolve, reject) => {
    get(url, { agent }, (answer) => answer.resume().once('end', resolve)).once('error', reject);
  });

const connections = {
  guarded: () => currentCall.run({ target: parseTarget(url), signal }, () => fetched(httpAgent)),
  plain: () => fetched(plainAgent),
};

/** @param {() => unknown} work
 * @returns milliseconds, the median */
async function medianMs(work) {
  /** @type {number[]} */
  const took = [];
  const endMs = performance.now() + durationMs;
  while (performance.now() < endMs) {
    const startedMs = performance.now();
    await work();
    took.push(performance.now() - startedMs);
  }
  return took.sort((a, b) => a - b)[took.length >> 1];
}

/** A decision is too short for the clock. */
const DECISIONS = 1_000;
async function decisionMs() {
  return (
    ((await medianMs(() => {
      for (let count = 0; count < DECISIONS; count += 1) decide();
    })) ?? 0) / DECISIONS
  );
}

for (let round = -warmUpRounds; round < rounds; round += 1) {
  // There and back: what the machine does slowly meanwhile happens to both.
  const isEven = round % 2 === 0;
  const first = await medianMs(isEven ? connections.plain : connections.guarded);
  const second = await medianMs(isEven ? connections.guarded : connections.plain);
  const [plainMs, guardedMs] = isEven ? [first, second] : [second, first];
  const decidedMs = await decisionMs();
  if (round >= 0) process.send?.({ plainMs, guardedMs, decidedMs });
}
process.disconnect?.();
