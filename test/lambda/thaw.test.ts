/** The small form of the trial `thaw`: the API as a function on PostgreSQL, frozen and thawed, and out of time. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '#dist/database/migrations/migrate.js';
import { call, signIn, signUp } from '../../bench/client.js';
import { secrets } from '../support/app.js';
import { runOutOfTime } from '../support/out-of-time.js';
import { codeOfDist, type ServedFunction, serveFunction } from '../support/served-function.js';
import { type ThawRound, thawRounds } from '../support/thaw-rounds.js';
import { isAvailable, ThrowawayServer, throwawayName } from '../support/throwaway-server.js';

/** A second of it is kept for the end: what is left is longer than a machine stalls. */
const TIMEOUT_MS = 6_000;

describe.runIf(isAvailable('postgresql'))(`the API as a function, on ${throwawayName('postgresql')}`, () => {
  let database: ThrowawayServer;
  let fn: ServedFunction;
  let token: string;
  const ask = () => call(`${fn.url}/v1/users/me`, { token });

  beforeAll(async () => {
    const taskRoot = mkdtempSync(join(tmpdir(), 'farebox-function-'));
    writeFileSync(join(taskRoot, 'index.mjs'), codeOfDist('api'));
    database = await ThrowawayServer.start('postgresql');
    await migrate(database.url);
    fn = await serveFunction({
      name: 'api',
      taskRoot,
      handler: 'index.handler',
      memoryMb: 1024,
      timeoutMs: TIMEOUT_MS,
      environment: {
        DATABASE_URL: database.url,
        // The function's own end is what is near.
        DATABASE_TIMEOUT_MS: '20000',
        SECRETS: secrets[0],
        SIGNUP: 'open',
        UNSAFE_RATE_LIMIT_OFF: '1',
      },
    });
    await signUp(fn.url, 'ada@example.org');
    token = await signIn(fn.url, 'ada@example.org');
    return async () => {
      await fn.end();
      await database.remove();
      rmSync(taskRoot, { recursive: true, force: true });
    };
  });

  test('a request that thaws it succeeds, though the database has closed its connections meanwhile', async () => {
    const rounds: ThawRound[] = [];
    for await (const round of thawRounds(4, fn, database, ask)) rounds.push(round);
    expect(rounds.map(({ status, isSameProcess }) => ({ status, isSameProcess }))).toEqual(
      Array(4).fill({ status: 200, isSameProcess: true }),
    );
    for (const { closedConnections } of rounds) expect(closedConnections).toBeGreaterThan(0);
  });

  test('a request that the database leaves waiting is answered in time, and the next one is served', async () => {
    const { leftMs, ...seen } = await runOutOfTime(TIMEOUT_MS, fn, database, ask);
    expect(seen).toEqual({
      status: expect.toBeOneOf([503, 504]),
      code: expect.stringMatching(/^[A-Z_]+$/),
      nextStatus: 200,
      isSameProcess: true,
    });
    expect(leftMs).toBeGreaterThan(0);
  });
});
