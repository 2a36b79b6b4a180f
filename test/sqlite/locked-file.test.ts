/** What is promised of a file that another process has locked, or that is full. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { migrate } from '#dist/database/migrations/migrate.js';
import { databaseProblem } from '#dist/database/problems.js';
import { withRequestMeter } from '#dist/metering/request-meter.js';
import {
  failure,
  openDatabase,
  startProcess,
  temporaryFolder,
  userRow,
} from '../support/temporary-database.js';

async function openFile(timeoutMs = 20_000) {
  const path = join(temporaryFolder(), 'test.db');
  await migrate(`file:${path}`);
  return { path, database: await openDatabase(`file:${path}`, { timeoutMs }) };
}

/** Takes the write lock, says so, and gives it back when a line arrives. */
const lockHolder = `
  import { createRequire } from 'node:module';
  const Sqlite = createRequire(import.meta.url)(process.env.LIBSQL);
  const database = new Sqlite(process.argv[1]);
  database.exec('BEGIN IMMEDIATE');
  console.log('locked');
  process.stdin.once('data', () => { database.exec('COMMIT'); console.log('free'); process.exit(0); });`;

test("a write waits for another process's lock while the loop stays free, and then succeeds", async () => {
  const { database, path } = await openFile();
  const holder = startProcess(lockHolder, path);
  expect(await holder.line()).toBe('locked');
  await database.ping();
  let turns = 0;
  const turning = setInterval(() => turns++, 5);
  let isDone = false;
  const writing = database.client.user.create({ data: userRow('a') }).then(() => {
    isDone = true;
  });
  await pause(500);
  clearInterval(turning);
  expect(isDone).toBe(false);
  // A machine that stalls takes many, a loop that is held one or two.
  expect(turns).toBeGreaterThan(3);
  holder.child.stdin.write('\n');
  await writing;
  expect(await database.client.user.count()).toBe(1);
});

test('a write that does not get the lock by its deadline is DATABASE_BUSY and never applied', async () => {
  const { database, path } = await openFile();
  const holder = startProcess(lockHolder, path);
  await holder.line();
  const startedMs = performance.now();
  // As if the request had spent the rest of its twenty seconds.
  const errors = await withRequestMeter({ db: 19_700 }, () =>
    Promise.all([
      failure(database.client.user.create({ data: userRow('a') })),
      failure(database.client.user.create({ data: userRow('b') })),
      failure(database.transaction((tx) => tx.user.create({ data: userRow('c') }))),
    ]),
  );
  expect(performance.now() - startedMs).toBeLessThan(15_000);
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
  const { database, path } = await openFile();
  const holder = startProcess(lockHolder, path);
  await holder.line();
  await withRequestMeter({ db: 19_950 }, async () => {
    const startedMs = performance.now();
    await failure(database.client.user.create({ data: userRow('a') }));
    expect(performance.now() - startedMs).toBeLessThan(10_000);
  });
});

test('two processes counting one row up 200 times each make 400', { timeout: 60_000 }, async () => {
  const { database, path } = await openFile(30_000);
  await database.client.claim.create({ data: { name: 'count' } });
  const counter = `
    const { Database } = await import(new URL('database/database.js', process.env.DIST));
    const database = await Database.open({ url: 'file:' + process.argv[1], timeoutMs: 30_000, poolMax: 1, idleMs: 1_000 });
    await Promise.all(Array.from({ length: 200 }, () => database.transaction(async (tx) => {
      const { uses } = await tx.claim.findUniqueOrThrow({ where: { name: 'count' } });
      await tx.claim.update({ where: { name: 'count' }, data: { uses: uses + 1 } });
    })));
    await database.close();`;
  const counters = [startProcess(counter, path), startProcess(counter, path)];
  expect(await Promise.all(counters.map(({ ended }) => ended))).toEqual([0, 0]);
  expect(await database.client.claim.findFirst()).toMatchObject({ uses: 400 });
});

test('a full database is STORAGE_FULL, alone and in a transaction', async () => {
  const { database } = await openFile();
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
