import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { holdClaim, takeClaim } from '#dist/database/claims.js';
import type { Database, TransactionClient } from '#dist/database/database.js';
import { isNotFound } from '#dist/database/is-not-found.js';
import { databaseProblem } from '#dist/database/problems.js';
import { engineUnderTest } from '../support/engines.js';
import {
  failure,
  openDatabase,
  openTemporary,
  startProcess,
  userRow,
} from '../support/temporary-database.js';

const countUp = async (database: Database, tx: TransactionClient): Promise<void> => {
  await holdClaim(database, tx, 'count');
  const { version } = await tx.user.findUniqueOrThrow({ where: { id: 'a' } });
  await tx.user.update({ where: { id: 'a' }, data: { version: version + 1 } });
};

test('who holds a claim reads what its last holder left, and nobody writes in between', async () => {
  const { database } = await openTemporary({ timeoutMs: 30_000 });
  await database.client.user.create({ data: userRow('a', { version: 0 }) });
  await Promise.all(Array.from({ length: 50 }, () => database.transaction((tx) => countUp(database, tx))));
  expect(await database.client.user.findFirst()).toMatchObject({ version: 50 });
});

test('so it is with two processes', async () => {
  const { database, url } = await openTemporary();
  await database.client.user.create({ data: userRow('a', { version: 0 }) });
  const counter = `
    const { Database } = await import(new URL('database/database.js', process.env.DIST));
    const { holdClaim } = await import(new URL('database/claims.js', process.env.DIST));
    const database = await Database.open({ url: process.argv[1], timeoutMs: 30_000, poolMax: 5, idleMs: 1_000 });
    await Promise.all(Array.from({ length: 60 }, () => database.transaction(async (tx) => {
      await holdClaim(database, tx, 'count');
      const { version } = await tx.user.findUniqueOrThrow({ where: { id: 'a' } });
      await tx.user.update({ where: { id: 'a' }, data: { version: version + 1 } });
    })));
    await database.close();`;
  const counters = [startProcess(counter, url), startProcess(counter, url)];
  expect(await Promise.all(counters.map(({ ended }) => ended))).toEqual([0, 0]);
  expect(await database.client.user.findFirst()).toMatchObject({ version: 120 });
});

test('who has read before getting the claim reads anew afterwards', async () => {
  const { database, url } = await openTemporary();
  const other = await openDatabase(url);
  await database.client.user.create({ data: userRow('a') });
  const name = async (tx: TransactionClient) =>
    (await tx.user.findUniqueOrThrow({ where: { id: 'a' } })).name;
  let isHeld = () => {};
  const held = new Promise<void>((resolve) => {
    isHeld = resolve;
  });
  let isRead = () => {};
  const read = new Promise<void>((resolve) => {
    isRead = resolve;
  });
  const holding = other.transaction(async (tx) => {
    await holdClaim(other, tx, 'name');
    isHeld();
    await (engineUnderTest.engine === 'sqlite' ? pause(200) : read);
    await tx.user.update({ where: { id: 'a' }, data: { name: 'changed meanwhile' } });
  });
  await held;
  const [before, after] = await database.transaction(async (tx) => {
    const first = await name(tx);
    isRead();
    await holdClaim(database, tx, 'name');
    return [first, await name(tx)];
  });
  // SQLite lets nobody read within a transaction before the other one's end.
  expect(before).toBe(engineUnderTest.engine === 'sqlite' ? 'changed meanwhile' : 'a');
  expect(after).toBe('changed meanwhile');
  await holding;
});

test('a claim is taken once, by whoever comes first', async () => {
  const { database, url } = await openTemporary();
  const other = await openDatabase(url);
  for (let round = 0; round < 10; round += 1) {
    const taken = await Promise.all(
      [database, other, database, other].map((one) =>
        one.transaction((tx) => takeClaim(one, tx, `claim ${round}`)),
      ),
    );
    expect(taken.filter(Boolean)).toHaveLength(1);
  }
});

test('a claim whose taker was rolled back goes to the next', async () => {
  const { database } = await openTemporary();
  await failure(
    database.transaction(async (tx) => {
      expect(await takeClaim(database, tx, 'mine')).toBe(true);
      throw new RangeError('no');
    }),
  );
  expect(await database.transaction((tx) => takeClaim(database, tx, 'mine'))).toBe(true);
});

test('of conditional changes at once one is made, and the others are told', async () => {
  const { database, url } = await openTemporary();
  const other = await openDatabase(url);
  await database.client.user.create({ data: userRow('a') });
  for (let version = 1; version <= 10; version += 1) {
    const settled = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) =>
        (index % 2 ? database : other).client.user.update({
          where: { id: 'a', version: { in: [version] } },
          data: { name: `n${index}`, version: { increment: 1 } },
          select: { name: true, version: true },
        }),
      ),
    );
    const made = settled.filter((one) => one.status === 'fulfilled');
    const refused = settled.filter((one) => one.status === 'rejected');
    expect(made.map(({ value }) => value.version)).toEqual([version + 1]);
    expect(refused.map(({ reason }) => isNotFound(reason))).toEqual(Array(11).fill(true));
    expect(await database.client.user.findFirst()).toMatchObject({ name: made[0]?.value.name });
  }
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
  const { database, url } = await openTemporary({ timeoutMs: 20_000 });
  const hurried = await openDatabase(url, { timeoutMs: 3_000 });
  await database.client.user.create({ data: userRow('a') });
  let isBegun = () => {};
  const begun = new Promise<void>((resolve) => {
    isBegun = resolve;
  });
  let letGo = () => {};
  const nextIsServed = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const dawdling = failure(
    hurried.transaction(async (tx) => {
      await tx.user.update({ where: { id: 'a' }, data: { name: 'dawdler' } });
      isBegun();
      await nextIsServed;
    }),
  );
  await begun;
  // The same row: it waits for the dawdler's lock, and no longer than that is held.
  await database.client.user.update({ where: { id: 'a' }, data: { name: 'next' } });
  letGo();
  expect(databaseProblem(await dawdling)?.code).toBe('DATABASE_BUSY');
  expect(await database.client.user.findFirst()).toMatchObject({ name: 'next' });
});

test('transactions that want the same rows in opposite order are all done', async () => {
  // PostgreSQL looks for a deadlock after a second.
  const { database } = await openTemporary({ timeoutMs: 20_000 });
  await database.client.user.createMany({ data: [userRow('a'), userRow('b')] });
  let met = 0;
  const cross = (ids: string[]) =>
    database.transaction(async (tx) => {
      for (const id of ids) {
        await tx.user.update({ where: { id }, data: { version: { increment: 1 } } });
        met += 1;
        // Where both can hold a row at once they do, the first time: a deadlock. On SQLite one waits for the other.
        for (let wait = 0; met < 2 && wait < 20; wait += 1) await pause(10);
      }
    });
  await Promise.all([cross(['a', 'b']), cross(['b', 'a'])]);
  expect((await database.client.user.findMany()).map(({ version }) => version)).toEqual([3, 3]);
});
