import { isDeepStrictEqual } from 'node:util';
import { call, signIn, signUp } from '../client.js';
import { type FailingItem, failingItems } from '../failing-items.js';
import { removeDataDir, startServer, temporaryDataDir } from '../server.js';
import { startHostileUpstream } from '../start-hostile-upstream.js';
import { startSimulator } from '../start-simulator.js';
import { spread } from '../statistics.js';
import type { Trial } from '../trial.js';

const ROUNDS = 10;
/** Of each kind. */
const ITEMS = 50;
const strategies = ['sequential', 'bounded', 'concurrent'] as const;
/** The longest a batch can have. */
const TIMEOUT_MS = 25_000;
/** Of those who hang or drip: so little that all of them fit, one after the other. */
const HANGING_TIMEOUT_MS = 300;
const SLACK_MS = 250;
const USER = 'ada@example.org';

interface Result {
  index: number;
  id: string;
  ok: boolean;
  response?: { status: number; body: unknown };
  problem?: { code: string };
}

interface Batch {
  strategy: string;
  durationMs: number;
  /** Of the good results. */
  harmed: Result[];
  /** Of the failing ones. */
  wrong: { url: string; outcome: string }[];
  isInOrder: boolean;
}

export const trial: Trial = {
  claim: `A batch of 100 with 50 that fail in every way that the simulator and the raw upstream know, ${ROUNDS} rounds of each strategy: the 50 good results are unharmed, all are in order, each failing one has the right outcome, and the batch ends by its deadline`,
  async run(progress) {
    const dataDir = await temporaryDataDir();
    const simulator = await startSimulator();
    const upstream = await startHostileUpstream();
    const server = await startServer(dataDir, {
      OUTBOUND_ALLOW: [simulator.port, upstream.port].map((port) => `127.0.0.1:${port}`).join(','),
      OUTBOUND_HOST_CONCURRENCY: '64',
      OUTBOUND_CALLS_PER_HOUR: '1000000',
      UNSAFE_RATE_LIMIT_OFF: '1',
    });
    try {
      await signUp(server.url, USER);
      const token = await signIn(server.url, USER);
      const ways = failingItems(simulator.url, upstream.origin);
      const batches: Batch[] = [];
      for (let turn = 0; turn < ROUNDS * strategies.length; turn += 1) {
        const strategy = strategies[turn % strategies.length] as string;
        // On and on through all the ways: each is met by each strategy.
        const first = Math.floor(turn / strategies.length) * ITEMS;
        const failing = Array.from(
          { length: ITEMS },
          (_, index) => ways[(first + index) % ways.length] as FailingItem,
        );
        batches.push(
          await oneBatch({ gateway: server.url, token, simulator: simulator.url, strategy, failing }),
        );
        progress(turn + 1, ROUNDS * strategies.length);
      }
      const harmed = batches.flatMap((batch) => batch.harmed);
      const wrong = batches.flatMap((batch) => batch.wrong);
      const outOfOrder = batches.filter(({ isInOrder }) => !isInOrder).length;
      const durations = Object.fromEntries(
        strategies.map((name) => [
          name,
          spread(batches.filter(({ strategy }) => strategy === name).map(({ durationMs }) => durationMs)),
        ]),
      );
      const longestMs = Math.max(...batches.map(({ durationMs }) => durationMs));
      // Node.js says on stderr when listeners pile up, or a promise is rejected that nobody looks after.
      const warnings = server.output().match(/\w+Warning\b.*/g) ?? [];
      return {
        held:
          harmed.length + wrong.length + outOfOrder + warnings.length === 0 &&
          longestMs <= TIMEOUT_MS + SLACK_MS,
        summary: `${batches.length} batches, ${ways.length} ways to fail: ${harmed.length} good results harmed, ${wrong.length} failing ones wrong, ${outOfOrder} out of order; the longest took ${(longestMs / 1_000).toFixed(1)} s`,
        figures: {
          durationMs: durations,
          harmed: harmed.slice(0, 20),
          wrong: wrong.slice(0, 20),
          warnings: warnings.slice(0, 5),
        },
      };
    } finally {
      await server.stop();
      await upstream.stop();
      await simulator.stop();
      await removeDataDir(dataDir);
    }
  },
};

interface Order {
  gateway: string;
  token: string;
  simulator: string;
  strategy: string;
  failing: readonly FailingItem[];
}

/** One good item after each that fails. */
async function oneBatch({ gateway, token, simulator, strategy, failing }: Order): Promise<Batch> {
  const good = (index: number) => ({ id: index, q: `good ${index}` });
  const requests = failing.flatMap(({ url, right }, index) => [
    {
      id: `failing-${index}`,
      url,
      ...(right.includes('UPSTREAM_TIMEOUT') && { timeoutMs: HANGING_TIMEOUT_MS }),
    },
    { id: `good-${index}`, url: `${simulator}/sim/items/${index}?delay=10&jitter=40&q=good%20${index}` },
  ]);
  const { status, body, durationMs } = await call(`${gateway}/v1/outbound/batch`, {
    method: 'POST',
    token,
    body: { requests, strategy, timeoutMs: TIMEOUT_MS },
  });
  if (status !== 200) throw new Error(`a batch: ${status} ${body.slice(0, 1_000)}`);
  const { results } = JSON.parse(body) as { results: Result[] };
  return {
    strategy,
    durationMs,
    isInOrder:
      results.length === requests.length &&
      results.every(({ index, id }, at) => index === at && id === requests[at]?.id),
    harmed: failing.flatMap((_, index) => {
      const result = results[2 * index + 1] as Result;
      const { ok, response } = result;
      return ok && response?.status === 200 && isDeepStrictEqual(response.body, good(index)) ? [] : [result];
    }),
    wrong: failing.flatMap(({ url, right }, index) => {
      const outcome = outcomeOf(results[2 * index] as Result);
      return right.includes(outcome) ? [] : [{ url, outcome }];
    }),
  };
}

const outcomeOf = ({ response, problem }: Result): string =>
  problem?.code ?? String(response?.status ?? 'neither');
