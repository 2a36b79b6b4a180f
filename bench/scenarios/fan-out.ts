import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { call } from '../client.js';
import { timesCharts, timesCompared } from '../parts-charts.js';
import type { Waterfall } from '../report/waterfall.js';
import type { Scenario } from '../scenario.js';
import { type Gateway, startGateway } from '../start-gateway.js';
import { startSide } from '../start-side.js';
import { startSimulator } from '../start-simulator.js';
import { brokenTimes, type TimedRound, type TimedRow, timedRow, timesTable } from '../times-table.js';

const FEW = { calls: 5, ms: 3_000 };
const QUICK_MS = 100;
/** How the few are made, and how many rounds of waiting that takes. */
const strategies = [
  { strategy: 'sequential', waits: 5, limit: { atLeastMs: 15_000 } },
  { strategy: 'bounded', concurrency: 2, waits: 3, limit: {} },
  { strategy: 'concurrent', waits: 1, limit: { atMostMs: 3_050 } },
] as const;

const MANY = { calls: 1_000, ms: 50, concurrency: 100 };
const MOST_PART = 1.25;
/** Connections are open, and V8 has compiled what it is going to: that takes some thousand calls. */
const WARM_UP_ROUNDS = 5;

export const scenario: Scenario<TimedRow> = {
  question:
    'How long do calls take that wait, one by one, bounded and all at once; and what does the outbound room add to a thousand of them?',
  table: timesTable,
  charts: timesCharts,
  compared: timesCompared,
  broken: brokenTimes,
  async run({ rounds, isQuick }, progress) {
    const few = await fewCalls(rounds, isQuick ? QUICK_MS : FEW.ms, (done) => progress(done, 2 * rounds));
    return {
      conditions: {
        mode: 'production, rate limits off, a log line a call',
        rounds,
        warmUpRounds: WARM_UP_ROUNDS,
      },
      rows: [...few.rows, await manyCalls(rounds, (done) => progress(rounds + done, 2 * rounds))],
      waterfalls: few.waterfalls,
    };
  },
};

/** The waterfalls are of the last round. */
async function fewCalls(
  rounds: number,
  ms: number,
  progress: (done: number) => void,
): Promise<{ rows: TimedRow[]; waterfalls: Waterfall[] }> {
  const simulator = await startSimulator();
  const gateway = await startGateway([simulator.port]);
  const url = `${simulator.url}/sim/delay/${ms}`;
  const waterfalls: Waterfall[] = [];
  try {
    // What is loaded on first use, and the connections.
    await batch(gateway, { url: `${simulator.url}/sim/delay/1`, strategy: 'concurrent' });
    const took = strategies.map((): TimedRound[] => []);
    for (let round = 1; round <= rounds; round += 1) {
      for (const [index, { strategy, waits, ...more }] of strategies.entries()) {
        const concurrency = 'concurrency' in more ? more.concurrency : undefined;
        const { durationMs, calls } = await batch(gateway, { url, strategy, concurrency });
        took[index]?.push({ tookMs: durationMs, besideMs: waits * ms });
        waterfalls[index] = { title: `${FEW.calls} calls of ${ms / 1_000} s, ${strategy}`, calls };
      }
      progress(round);
    }
    const rows = strategies.map(({ strategy, waits, limit, ...more }, index) =>
      timedRow(
        {
          what: `${FEW.calls} calls of ${ms / 1_000} s by batch, ${strategy}${'concurrency' in more ? `, ${more.concurrency} at a time` : ''}`,
          beside: `${waits} x ${ms / 1_000} s`,
          ...limit,
        },
        took[index] as TimedRound[],
      ),
    );
    return { rows, waterfalls };
  } finally {
    await gateway.stop();
    await simulator.stop();
  }
}

/** @returns milliseconds that the client has waited for the whole answer, and when each call began and ended */
async function batch(
  { url: gateway, token }: Gateway,
  { url, ...how }: { url: string; strategy: string; concurrency?: number | undefined },
): Promise<{ durationMs: number; calls: Waterfall['calls'] }> {
  const { status, body, durationMs } = await call(`${gateway}/v1/outbound/batch`, {
    method: 'POST',
    token,
    body: { ...how, requests: Array.from({ length: FEW.calls }, () => ({ url })), timeoutMs: 25_000 },
  });
  if (status !== 200 || JSON.parse(body).summary.ok !== FEW.calls)
    throw new Error(`not every call of a batch was answered: ${status} ${body.slice(0, 1_000)}`);
  const { results } = JSON.parse(body) as { results: { startedMs: number; durationMs: number }[] };
  const calls = results.map((it, at) => ({
    label: `call ${at + 1}`,
    startedMs: it.startedMs,
    durationMs: it.durationMs,
  }));
  return { durationMs, calls };
}

async function manyCalls(rounds: number, progress: (done: number) => void): Promise<TimedRow> {
  const upstream = await startSide('delaying-upstream', {});
  const url = `http://127.0.0.1:${upstream.port}/?ms=${MANY.ms}`;
  const [room, axios] = [startCallers('room', url), startCallers('axios', url)];
  try {
    const measured: TimedRound[] = [];
    for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
      // There and back: what the machine does slowly meanwhile happens to both.
      const isEven = round % 2 === 0;
      const first = await (isEven ? axios : room).makeCalls();
      const second = await (isEven ? room : axios).makeCalls();
      const [besideMs, tookMs] = isEven ? [first, second] : [second, first];
      if (round < 0) continue;
      measured.push({ tookMs, besideMs });
      progress(measured.length);
    }
    return timedRow(
      {
        what: `${MANY.calls} calls of ${MANY.ms} ms, ${MANY.concurrency} at a time, by the outbound room`,
        beside: 'the same by axios alone, with an agent of the same options',
        atMostPart: MOST_PART,
      },
      measured,
    );
  } finally {
    await Promise.all([room, axios].map((side) => side.stop()));
    await upstream.stop();
  }
}

/** bench/servers/fan-out-callers.js as a process of its own. */
function startCallers(side: 'room' | 'axios', url: string) {
  const { calls, concurrency } = MANY;
  const child: ChildProcess = fork(
    fileURLToPath(new URL('../servers/fan-out-callers.js', import.meta.url)),
    [JSON.stringify({ side, url, calls, concurrency })],
    {
      env: { PATH: process.env.PATH, TZ: 'UTC' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
    },
  );
  const ended = once(child, 'exit');
  return {
    makeCalls: async (): Promise<number> => {
      const answered = once(child, 'message');
      child.send('go');
      const outcome = await Promise.race([answered, ended]);
      const { tookMs, ok } = (outcome[0] ?? {}) as { tookMs?: number; ok?: number };
      if (tookMs === undefined || ok !== calls)
        throw new Error(`${side}: not every call was answered (${ok})`);
      return tookMs;
    },
    stop: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
