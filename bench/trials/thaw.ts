import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { type Deployment, deploy } from '../../emulator/deploy.js';
import { ExecutionEnvironment } from '../../emulator/execution-environment.js';
import { runOutOfTime } from '../../test/support/out-of-time.js';
import { type ServedFunction, serveFunction } from '../../test/support/served-function.js';
import { type ThawRound, thawRounds } from '../../test/support/thaw-rounds.js';
import { ThrowawayServer } from '../../test/support/throwaway-server.js';
import { call, signIn, signUp } from '../client.js';
import { spread } from '../statistics.js';
import type { Trial } from '../trial.js';

const ROUNDS = 20;
const LATE_ROUNDS = 3;
const TIMEOUT_MS = 3_000;
/** What must be left of the function's time when it gives up by itself. */
const LEFT_MS = 400;

/** The zips under the emulator, on the Node.js that functions are deployed for where NODE_24 names one. */
const node = process.env.NODE_24;

const nodeVersion = () => execFileSync(node ?? process.execPath, ['--version'], { encoding: 'utf8' }).trim();

async function onZip<T>(
  name: string,
  environment: Record<string, string>,
  work: (deployment: Deployment) => Promise<T>,
): Promise<T> {
  const deployment = deploy(name, environment, node);
  try {
    return await work(deployment);
  } finally {
    deployment.remove();
  }
}

/** As a release does it. */
async function migrate({ fn }: Deployment): Promise<void> {
  const environment = new ExecutionEnvironment(fn);
  try {
    const { functionError, payload } = await environment.invoke({});
    if (functionError) throw new Error(`migrate: ${payload}`);
  } finally {
    await environment.end();
  }
}

async function thaw(fn: ServedFunction, database: ThrowawayServer, onRound: () => void) {
  await signUp(fn.url, 'ada@example.org');
  const token = await signIn(fn.url, 'ada@example.org');
  const ask = () => call(`${fn.url}/v1/users/me`, { token });
  const rounds: ThawRound[] = [];
  for await (const round of thawRounds(ROUNDS, fn, database, ask)) {
    rounds.push(round);
    onRound();
  }
  const late: Awaited<ReturnType<typeof runOutOfTime>>[] = [];
  for (let count = 0; count < LATE_ROUNDS; count += 1) {
    late.push(await runOutOfTime(TIMEOUT_MS, fn, database, ask));
    onRound();
  }
  return { rounds, late };
}

const isThawed = ({ status, isSameProcess, closedConnections }: ThawRound) =>
  status === 200 && isSameProcess && closedConnections > 0;

export const trial: Trial = {
  claim: `The api zip, frozen ${ROUNDS} times while PostgreSQL ends its connections or restarts: each request that thaws it is 200. With a time-out of ${TIMEOUT_MS} ms and a database that accepts and does not answer, its own 503 or 504 comes at least ${LEFT_MS} ms before the platform would kill it, and the next request is 200`,
  async run(progress) {
    const database = await ThrowawayServer.start('postgresql');
    try {
      const environment = {
        DATABASE_URL: database.url,
        DATABASE_TIMEOUT_MS: '20000',
        SECRETS: randomBytes(32).toString('base64'),
        SIGNUP: 'open',
        UNSAFE_RATE_LIMIT_OFF: '1',
      };
      await onZip('migrate', environment, migrate);
      const { rounds, late } = await onZip('api', environment, async ({ fn }) => {
        const served = await serveFunction({ ...fn, timeoutMs: TIMEOUT_MS });
        let done = 0;
        return thaw(served, database, () => {
          done += 1;
          progress(done, ROUNDS + LATE_ROUNDS);
        }).finally(() => served.end());
      });
      const thawed = rounds.filter(isThawed).length;
      const leftMs = Math.min(...late.map((one) => one.leftMs));
      const isInTime = late.every(
        ({ status, nextStatus, isSameProcess }) =>
          (status === 503 || status === 504) && nextStatus === 200 && isSameProcess,
      );
      const requestMs = spread(rounds.map(({ durationMs }) => durationMs));
      return {
        held: thawed === ROUNDS && isInTime && leftMs >= LEFT_MS,
        summary: `${thawed} of ${ROUNDS} thawed, by a request of ${Math.ceil(requestMs.p50)} ms in the median and ${Math.ceil(requestMs.max)} ms at most; out of time, answered ${leftMs} ms before the end at the latest`,
        figures: { node: nodeVersion(), requestMs, rounds, late },
      };
    } finally {
      await database.remove();
    }
  },
};
