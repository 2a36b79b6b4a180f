import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect, onTestFinished, test } from 'vitest';
import { holdClaim } from '#dist/database/claims.js';
import { databaseProblem } from '#dist/database/problems.js';
import type { Engine } from '#dist/database-url.js';
import { withRequestMeter } from '#dist/metering/request-meter.js';
import { engineUnderTest } from '../support/engines.js';
import { startSilentServer } from '../support/silent-server.js';
import { failure, openDatabase, openTemporary, userRow } from '../support/temporary-database.js';

/** What `openTemporary` gives a request for the database, in milliseconds: enough where the machine stalls. */
const PATIENT_MS = 20_000;
/** Leaves `work` this much of it, as if the request had spent the rest: only `work` is in a hurry. */
const hurried = <T>(leftMs: number, work: () => Promise<T>): Promise<T> =>
  withRequestMeter({ db: PATIENT_MS - leftMs }, work);

/** Takes an SQLite file seconds, a server longer than anybody waits for here. */
const slowRead = {
  sqlite:
    'SELECT count(*) FROM (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 8000000) SELECT x FROM n)',
  postgresql: 'SELECT pg_sleep(20)::text',
  mysql: 'SELECT SLEEP(20)',
}[engineUnderTest.engine as Engine];

/** Holds the claim, which has been used once before, until `release`; resolves once it does. */
async function hold(url: string): Promise<{ release(): Promise<void> }> {
  const database = await openDatabase(url, { timeoutMs: 60_000 });
  await database.transaction((tx) => holdClaim(database, tx, 'held'));
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
  const { database } = await openTemporary({ timeoutMs: PATIENT_MS });
  await database.ping();
  let turns = 0;
  const turning = setInterval(() => turns++, 5);
  onTestFinished(() => clearInterval(turning));
  const startedMs = performance.now();
  const reading = hurried(400, () => failure(database.client.$queryRawUnsafe(slowRead)));
  await database.client.user.create({ data: userRow('a') });
  expect(databaseProblem(await reading)?.code).toBe('DATABASE_BUSY');
  // A machine that stalls takes many turns, a loop that is held all but one or two.
  expect(turns).toBeGreaterThan(3);
  // Before the server itself gives the statement up.
  expect(performance.now() - startedMs).toBeLessThan(PATIENT_MS * 0.85);
});

test('a write that does not get its lock by the deadline is DATABASE_BUSY and never applied', async () => {
  // The server gives up a tenth earlier than we do, and has to be heard in between.
  const timeoutMs = 4_000;
  const { database, url } = await openTemporary({ timeoutMs });
  const holder = await hold(url);
  // Two at once, or the tenth is spent on connecting.
  await Promise.all([database.ping(), database.ping()]);
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const startedMs = performance.now();
  const errors = await Promise.all([
    failure(
      database.client.claim.updateMany({ where: { name: 'held' }, data: { uses: { increment: 100 } } }),
    ),
    failure(database.transaction((tx) => holdClaim(database, tx, 'held'))),
  ]);
  expect(performance.now() - startedMs).toBeLessThan(2 * timeoutMs);
  delay.disable();
  // A process that is held up for as long as that may miss the server's word, and say that nobody knows.
  const isHeldUp = delay.max / 1e6 > timeoutMs / 20;
  for (const error of errors) {
    const problem = databaseProblem(error);
    if (isHeldUp) expect(problem?.code).toMatch(/^DATABASE_(BUSY|UNAVAILABLE)$/);
    else expect(problem).toMatchObject({ code: 'DATABASE_BUSY', headers: { 'retry-after': '1' } });
  }
  await holder.release();
  // Comes after both in any queue: were one of them still to run, it would have run by now.
  await database.transaction((tx) => holdClaim(database, tx, 'held'));
  expect(await database.client.claim.findMany()).toEqual([{ name: 'held', uses: 2 }]);
});

test('a request waits for the database no longer in all than its budget', async () => {
  const { database, url } = await openTemporary({ timeoutMs: 20_000 });
  const holder = await hold(url);
  await withRequestMeter({ db: 19_500 }, async () => {
    const startedMs = performance.now();
    await failure(database.transaction((tx) => holdClaim(database, tx, 'held')));
    expect(performance.now() - startedMs).toBeLessThan(10_000);
  });
  await holder.release();
});

test('who gets no connection, or no turn, by the deadline is DATABASE_BUSY; the others are served', async () => {
  const { database, url } = await openTemporary({ timeoutMs: PATIENT_MS, poolMax: 2 });
  const holder = await hold(url);
  const waiting = Array.from({ length: 8 }, () =>
    hurried(600, () => failure(database.transaction((tx) => holdClaim(database, tx, 'held')))),
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
  const { database, url } = await openTemporary({ timeoutMs: 20_000 });
  const holder = await hold(url);
  const startedMs = performance.now();
  const waiting = withRequestMeter({ answerByMs: startedMs + 1_000 }, () =>
    failure(database.transaction((tx) => holdClaim(database, tx, 'held'))),
  );
  expect(databaseProblem(await waiting)?.code).toBe('DATABASE_BUSY');
  expect(performance.now() - startedMs).toBeLessThan(10_000);
  await holder.release();
});
