import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { isNotFound } from '#dist/database/is-not-found.js';
import { isUniqueViolation } from '#dist/database/is-unique-violation.js';
import { databaseProblem } from '#dist/database/problems.js';
import { withRequestMeter } from '#dist/metering/request-meter.js';
import { openTemporary, startProcess, userRow } from './temporary-database.js';

const failure = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail('should have failed'),
    (error: unknown) => error,
  );

/** Takes the write lock, says so, and gives it back when a line arrives. */
const lockHolder = `
  import { createRequire } from 'node:module';
  const Sqlite = createRequire(import.meta.url)(process.env.LIBSQL);
  const database = new Sqlite(process.argv[1]);
  database.exec('BEGIN IMMEDIATE');
  console.log('locked');
  process.stdin.once('data', () => { database.exec('COMMIT'); console.log('free'); process.exit(0); });`;

test("a write waits for another process's lock while the loop stays free, and then succeeds", async () => {
  const { database, path } = await openTemporary();
  const holder = startProcess(lockHolder, path);
  expect(await holder.line()).toBe('locked');
  await database.ping();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  let isDone = false;
  const writing = database.client.user.create({ data: userRow('a') }).then(() => {
    isDone = true;
  });
  await pause(500);
  delay.disable();
  expect(isDone).toBe(false);
  expect(delay.max / 1e6).toBeLessThan(250);
  holder.child.stdin.write('\n');
  await writing;
  expect(await database.client.user.count()).toBe(1);
});

test('a write that does not get the lock by its deadline is DATABASE_BUSY and never applied', async () => {
  const { database, path } = await openTemporary(300);
  const holder = startProcess(lockHolder, path);
  await holder.line();
  const startedMs = performance.now();
  const errors = await Promise.all([
    failure(database.client.user.create({ data: userRow('a') })),
    failure(database.client.user.create({ data: userRow('b') })),
    failure(database.transaction((tx) => tx.user.create({ data: userRow('c') }))),
  ]);
  expect(performance.now() - startedMs).toBeLessThan(2_000);
  for (const error of errors) {
    expect(databaseProblem(error)).toMatchObject({ code: 'DATABASE_BUSY', headers: { 'retry-after': '1' } });
  }
  holder.child.stdin.write('\n');
  await holder.ended;
  // Comes after all three in the queue: were one of them still to run, it would have run by now.
  await database.client.claim.create({ data: { name: 'after' } });
  expect(await database.client.user.count()).toBe(0);
});

test('a request waits for the database no longer in all than its budget', async () => {
  const { database, path } = await openTemporary(400);
  const holder = startProcess(lockHolder, path);
  await holder.line();
  await withRequestMeter({ db: 350 }, async () => {
    const startedMs = performance.now();
    await failure(database.client.user.create({ data: userRow('a') }));
    expect(performance.now() - startedMs).toBeLessThan(300);
  });
});

test('two processes counting one row up 200 times each make 400', { timeout: 60_000 }, async () => {
  const { database, path } = await openTemporary(30_000);
  await database.client.claim.create({ data: { name: 'count' } });
  const counter = `
    const { Database } = await import(new URL('database/database.js', process.env.DIST));
    const database = await Database.open({ url: 'file:' + process.argv[1], timeoutMs: 30_000 });
    await Promise.all(Array.from({ length: 200 }, () => database.transaction(async (tx) => {
      const { uses } = await tx.claim.findUniqueOrThrow({ where: { name: 'count' } });
      await tx.claim.update({ where: { name: 'count' }, data: { uses: uses + 1 } });
    })));
    await database.close();`;
  const counters = [startProcess(counter, path), startProcess(counter, path)];
  expect(await Promise.all(counters.map(({ ended }) => ended))).toEqual([0, 0]);
  expect(await database.client.claim.findFirst()).toMatchObject({ uses: 400 });
});

test('transactions serialise what is read and then written', async () => {
  const { database } = await openTemporary();
  await database.client.claim.create({ data: { name: 'count' } });
  await Promise.all(
    Array.from({ length: 50 }, () =>
      database.transaction(async (tx) => {
        const { uses } = await tx.claim.findUniqueOrThrow({ where: { name: 'count' } });
        await tx.claim.update({ where: { name: 'count' }, data: { uses: uses + 1 } });
      }),
    ),
  );
  expect(await database.client.claim.findFirst()).toMatchObject({ uses: 50 });
});

test('a transaction that throws leaves nothing', async () => {
  const { database } = await openTemporary();
  const error = await failure(
    database.transaction(async (tx) => {
      await tx.user.create({ data: userRow('a') });
      throw new RangeError('mine');
    }),
  );
  expect(error).toBeInstanceOf(RangeError);
  expect(await database.client.user.count()).toBe(0);
});

test('a transaction that dawdles is rolled back at its deadline and the next writer is served', async () => {
  const { database } = await openTemporary(300);
  const dawdling = failure(
    database.transaction(async (tx) => {
      await tx.user.create({ data: userRow('a') });
      await pause(500);
    }),
  );
  await pause(320);
  await database.client.user.create({ data: userRow('b') });
  expect(databaseProblem(await dawdling)?.code).toBe('DATABASE_BUSY');
  expect(await database.client.user.findMany({ select: { id: true } })).toEqual([{ id: 'b' }]);
});

test('readers see a write as soon as it has been answered', async () => {
  const { database } = await openTemporary();
  for (let count = 1; count <= 100; count++) {
    await database.client.user.create({ data: userRow(`u${count}`) });
    expect(await database.client.user.count()).toBe(count);
  }
});

test('a read past its deadline is DATABASE_BUSY while the loop and the writer go on', async () => {
  const { database } = await openTemporary(300);
  await database.ping();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const reading = failure(
    database.client
      .$queryRaw`SELECT count(*) FROM (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 8000000) SELECT x FROM n)`,
  );
  await database.client.user.create({ data: userRow('a') });
  expect(databaseProblem(await reading)?.code).toBe('DATABASE_BUSY');
  delay.disable();
  expect(delay.max / 1e6).toBeLessThan(250);
});

test('a unique violation names its field; a missing row is not found', async () => {
  const { database } = await openTemporary();
  await database.client.user.create({ data: userRow('a') });
  const taken = await failure(
    database.client.user.create({ data: userRow('b', { emailKey: 'a@example.org' }) }),
  );
  expect([
    isUniqueViolation(taken),
    isUniqueViolation(taken, 'emailKey'),
    isUniqueViolation(taken, 'id'),
  ]).toEqual([true, true, false]);
  expect(databaseProblem(taken)).toBeUndefined();
  expect(isNotFound(await failure(database.client.user.delete({ where: { id: 'none' } })))).toBe(true);
});

test('64-bit integers survive', async () => {
  const { database } = await openTemporary();
  expect(await database.client.$queryRaw`SELECT ${9223372036854775807n} AS large`).toEqual([
    { large: 9223372036854775807n },
  ]);
});

test('a full database is STORAGE_FULL, alone and in a transaction', async () => {
  const { database } = await openTemporary();
  // Not a SELECT, so it reaches the writer's connection.
  await database.client.$queryRaw`PRAGMA max_page_count = 30`;
  const large = userRow('a', { name: 'x'.repeat(200_000) });
  const alone = await failure(database.client.user.create({ data: large }));
  const within = await failure(database.transaction((tx) => tx.user.create({ data: large })));
  expect([databaseProblem(alone)?.code, databaseProblem(within)?.code]).toEqual([
    'STORAGE_FULL',
    'STORAGE_FULL',
  ]);
  expect(await database.client.user.count()).toBe(0);
});

test('after close every call is DATABASE_UNAVAILABLE', async () => {
  const { database } = await openTemporary();
  await database.close();
  expect(databaseProblem(await failure(database.ping()))?.code).toBe('DATABASE_UNAVAILABLE');
  expect(databaseProblem(await failure(database.client.user.deleteMany()))?.code).toBe(
    'DATABASE_UNAVAILABLE',
  );
});
