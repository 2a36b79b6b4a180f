import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { fileURLToPath } from 'node:url';
import axios from 'axios';
import { type OutboundRow, outboundTable } from '../outbound-table.js';
import { outboundCharts } from '../parts-charts.js';
import type { Scenario } from '../scenario.js';
import { startGateway } from '../start-gateway.js';
import { startSide } from '../start-side.js';
import { figure, median } from '../statistics.js';

const MOST_MS = { call: 2.5, guard: 0.2 };
/** Connections are open, and V8 has compiled what it is going to: that takes some thousand calls. */
const WARM_UP_ROUNDS = 10;

interface GuardRound {
  plainMs: number;
  guardedMs: number;
  decidedMs: number;
}

export const scenario: Scenario<OutboundRow> = {
  question: 'What does POST /v1/outbound/fetch cost over a direct call by axios, and what does its guard?',
  table: outboundTable,
  charts: outboundCharts,
  broken: (rows) =>
    rows
      .filter(({ moreMs, limitMs }) => limitMs !== undefined && moreMs.median > limitMs)
      .map(
        ({ what, moreMs, limitMs }) =>
          `${what}: ${moreMs.median.toFixed(3)} ms more, and not at most ${limitMs} ms`,
      ),
  async run({ rounds, durationMs }, progress) {
    const upstream = await startSide('json-upstream', {});
    const url = `http://127.0.0.1:${upstream.port}/items/7`;
    try {
      const { url: gateway, token, stop } = await startGateway([upstream.port]);
      try {
        // Half of the time for the calls, half for the guard.
        const calls = await measureCalls({ url, gateway, token, rounds, durationMs }, (done) =>
          progress(done, 2 * rounds),
        );
        const guard = await measureGuard({ url, rounds, durationMs }, (done) =>
          progress(rounds + done, 2 * rounds),
        );
        return {
          conditions: {
            database: 'SQLite',
            mode: 'production, rate limits off, a log line a call',
            callsAtTheSameTime: 1,
            rounds,
            warmUpRounds: WARM_UP_ROUNDS,
            durationMs,
          },
          rows: [callsRow(calls), ...guardRows(guard)],
        };
      } finally {
        await stop();
      }
    } finally {
      await upstream.stop();
    }
  },
};

interface CallsPlan {
  url: string;
  gateway: string;
  token: string;
  rounds: number;
  durationMs: number;
}

interface CallsRound {
  directMs: number;
  fareboxMs: number;
}

/** The same client for both, one call after the other over a kept connection. */
async function measureCalls(
  { url, gateway, token, rounds, durationMs }: CallsPlan,
  progress: (done: number) => void,
): Promise<CallsRound[]> {
  const client = axios.create({ httpAgent: new Agent({ keepAlive: true }), adapter: 'http', proxy: false });
  const sides = {
    direct: () => client.get(url),
    farebox: () =>
      client.post(`${gateway}/v1/outbound/fetch`, { url }, { headers: { authorization: `Bearer ${token}` } }),
  };
  const measured: CallsRound[] = [];
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    // There and back: what the machine does slowly meanwhile happens to both.
    const isEven = round % 2 === 0;
    const first = await medianOf(isEven ? sides.direct : sides.farebox, durationMs);
    const second = await medianOf(isEven ? sides.farebox : sides.direct, durationMs);
    const [directMs, fareboxMs] = isEven ? [first, second] : [second, first];
    if (round < 0) continue;
    measured.push({ directMs, fareboxMs });
    progress(measured.length);
  }
  return measured;
}

async function medianOf(work: () => Promise<unknown>, durationMs: number): Promise<number> {
  const took: number[] = [];
  const endMs = performance.now() + durationMs;
  while (performance.now() < endMs) {
    const startedMs = performance.now();
    await work();
    took.push(performance.now() - startedMs);
  }
  return median(took);
}

async function measureGuard(
  plan: { url: string; rounds: number; durationMs: number },
  progress: (done: number) => void,
): Promise<GuardRound[]> {
  const child = fork(
    fileURLToPath(new URL('../servers/outbound-guard.js', import.meta.url)),
    [JSON.stringify({ ...plan, warmUpRounds: WARM_UP_ROUNDS })],
    {
      env: { PATH: process.env.PATH, TZ: 'UTC' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
    },
  );
  const measured: GuardRound[] = [];
  child.on('message', (round: GuardRound) => {
    measured.push(round);
    progress(measured.length);
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('the process that was measured has failed');
  return measured;
}

const callsRow = (measured: readonly CallsRound[]): OutboundRow => ({
  what: 'a call over kept connections, token and all',
  bareMs: figure(measured.map(({ directMs }) => directMs)),
  fareboxMs: figure(measured.map(({ fareboxMs }) => fareboxMs)),
  moreMs: figure(measured.map(({ directMs, fareboxMs }) => fareboxMs - directMs)),
  limitMs: MOST_MS.call,
});

const guardRows = (measured: readonly GuardRound[]): OutboundRow[] => [
  {
    what: 'of the guard: the URL read, rules asked, two addresses checked',
    moreMs: figure(measured.map(({ decidedMs }) => decidedMs)),
  },
  {
    what: "of the guard: a call over a new connection, by our agent and by Node's",
    bareMs: figure(measured.map(({ plainMs }) => plainMs)),
    fareboxMs: figure(measured.map(({ guardedMs }) => guardedMs)),
    moreMs: figure(measured.map(({ plainMs, guardedMs }) => guardedMs - plainMs)),
  },
  {
    what: 'the guard in all',
    moreMs: figure(measured.map(({ plainMs, guardedMs, decidedMs }) => guardedMs - plainMs + decidedMs)),
    limitMs: MOST_MS.guard,
  },
];
