import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect, onTestFinished, test } from 'vitest';
import { holdClaim } from '#dist/database/claims.js';
import { databaseProblem } from '#dist/database/problems.js';
import type { Engine } from '#dist/database-url.js';
import { withRequestMeter } from '#dist/metering/request-meter.js';
import { engineUnderTest } from '../support/engines.js';
import { startSilentServer } from '../support/silent-server.js';
import { failure, openDatabase, openTemporary, userRow } from '../support/temporary-database.js';

/** Takes the server a few seconds. */
const slowRead = {
  sqlite:
    'SELECT count(*) FROM (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 8000000) SELECT x FROM n)',
  postgresql: 'SELECT pg_sleep(3)::text',
  mysql: 'SELECT SLEEP(3)',
}[engineUnderTest.engine as Engine];

/** Holds the claim until `release`, and resolves once it does. */
async function hold(url: string): Promise<{ release(): Promise<void> }> {
  const database = await openDatabase(url);
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let holding: Promise<void> | undefined;
  await new Promise<void>((isHeld) => {
    holding = database.transaction(async (tx) => {
      await holdClaim(database, tx, 'held');
      isHeld();
      await ended;
    });
  });
  return {
    release: async () => {
      end();
      await holding;
    },
  };
}

test('a read past its deadline is DATABASE_BUSY while the loop and other work go on', async () => {
  const { database } = await openTemporary({ timeoutMs: 400 });
  await database.ping();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const startedMs = performance.now();
  const reading = failure(database.client.$queryRawUnsafe(slowRead));
  await database.client.user.create({ data: userRow('a') });
  expect(databaseProblem(await reading)?.code).toBe('DATABASE_BUSY');
  delay.disable();
  expect(performance.now() - startedMs).toBeLessThan(1_500);
  expect(delay.max / 1e6).toBeLessThan(250);
});

test('a write that does not get its lock by the deadline is DATABASE_BUSY and never applied', async () => {
  const { database, url } = await openTemporary({ timeoutMs: 600 });
  await database.transaction((tx) => holdClaim(database, tx, 'held'));
  const holder = await hold(url);
  const startedMs = performance.now();
  const errors = await Promise.all([
    failure(
      database.client.claim.updateMany({ where: { name: 'held' }, data: { uses: { increment: 100 } } }),
    ),
    failure(database.transaction((tx) => holdClaim(database, tx, 'held'))),
  ]);
  expect(performance.now() - startedMs).toBeLessThan(2_000);
  for (const error of errors)
    expect(databaseProblem(error)).toMatchObject({ code: 'DATABASE_BUSY', headers: { 'retry-after': '1' } });
  await holder.release();
  // Comes after both in any queue: were one of them still to run, it would have run by now.
  await database.transaction((tx) => holdClaim(database, tx, 'held'));
  expect(await database.client.claim.findMany()).toEqual([{ name: 'held', uses: 2 }]);
});

test('a request waits for the database no longer in all than its budget', async () => {
  const { database, url } = await openTemporary({ timeoutMs: 1_000 });
  await database.transaction((tx) => holdClaim(database, tx, 'held'));
  const holder = await hold(url);
  await withRequestMeter({ db: 900 }, async () => {
    const startedMs = performance.now();
    await failure(database.transaction((tx) => holdClaim(database, tx, 'held')));
    expect(performance.now() - startedMs).toBeLessThan(700);
  });
  await holder.release();
});

test('who gets no connection, or no turn, by the deadline is DATABASE_BUSY; the others are served', async () => {
  const { database, url } = await openTemporary({ timeoutMs: 600, poolMax: 2 });
  await database.transaction((tx) => holdClaim(database, tx, 'held'));
  const holder = await hold(url);
  const waiting = Array.from({ length: 8 }, () =>
    failure(database.transaction((tx) => holdClaim(database, tx, 'held'))),
  );
  for (const error of await Promise.all(waiting)) expect(databaseProblem(error)?.code).toBe('DATABASE_BUSY');
  await holder.release();
  await database.ping();
});

test.skipIf(engineUnderTest.engine === 'sqlite')(
  'a connection for which there is no time left is DATABASE_BUSY, not a server that cannot be reached',
  async () => {
    const silent = await startSilentServer();
    onTestFinished(() => silent.close());
    const url = new URL(process.env[`TEST_${engineUnderTest.engine.toUpperCase()}_URL`] ?? '');
    url.port = String(silent.port);
    // Two milliseconds: both timers, ours and the driver's, may be early by one.
    const database = await openDatabase(url.href, { timeoutMs: 2, poolMax: 100 });
    const codes = new Set<string | undefined>();
    for (let n = 0; n < 100; n++) codes.add(databaseProblem(await failure(database.ping()))?.code);
    expect([...codes]).toEqual(['DATABASE_BUSY']);
  },
);

test('after close every call is DATABASE_UNAVAILABLE', async () => {
  const { database } = await openTemporary();
  await database.ping();
  await database.close();
  expect(databaseProblem(await failure(database.ping()))?.code).toBe('DATABASE_UNAVAILABLE');
  expect(databaseProblem(await failure(database.client.user.deleteMany()))?.code).toBe(
    'DATABASE_UNAVAILABLE',
  );
});

test("what asks after its request's own time is over is DATABASE_BUSY, and nothing of it is done", async () => {
  const { database } = await openTemporary();
  await database.ping();
  await withRequestMeter({ answerByMs: performance.now() }, async () => {
    const row = (name: string) => database.client.user.create({ data: userRow(name) });
    for (const attempt of [
      () => row('late'),
      () => database.transaction((tx) => tx.user.create({ data: userRow('later') })),
      () => database.client.user.count(),
    ])
      expect(databaseProblem(await failure(attempt()))?.code).toBe('DATABASE_BUSY');
  });
  expect(await database.client.user.count()).toBe(0);
});

test("a request's own time bounds its calls, if it ends before theirs would", async () => {
  const { database, url } = await openTemporary({ timeoutMs: 5_000 });
  await database.transaction((tx) => holdClaim(database, tx, 'held'));
  const holder = await hold(url);
  const startedMs = performance.now();
  const waiting = withRequestMeter({ answerByMs: startedMs + 1_000 }, () =>
    failure(database.transaction((tx) => holdClaim(database, tx, 'held'))),
  );
  expect(databaseProblem(await waiting)?.code).toBe('DATABASE_BUSY');
  expect(performance.now() - startedMs).toBeLessThan(3_000);
  await holder.release();
});
