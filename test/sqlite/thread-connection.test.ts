import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sqliteProblem } from '#dist/database/sqlite/sqlite-problem.js';
import { ThreadConnection } from '#dist/database/sqlite/thread-connection.js';
import { temporaryFolder } from '../support/temporary-database.js';

test('a thread that ends fails its calls, frees its lock and is started again by the next call', async () => {
  const path = join(temporaryFolder(), 'test.db');
  const [dying, other] = [
    new ThreadConnection({ path, role: 'writer' }),
    new ThreadConnection({ path, role: 'writer' }),
  ];
  onTestFinished(async () => void (await Promise.all([dying.close(), other.close()])));
  await dying.statement('CREATE TABLE t (a)', [], false);
  await dying.statement('BEGIN IMMEDIATE', [], false);
  await dying.statement('INSERT INTO t VALUES (1)', [], true);
  // Ended while idle: within a native call the driver would panic and end the process.
  const ended = dying.start().terminate();
  const pending = dying.statement('INSERT INTO t VALUES (2)', [], true).catch((error: unknown) => error);
  await ended;
  expect(sqliteProblem(await pending)?.code).toBe('DATABASE_UNAVAILABLE');
  await other.statement('INSERT INTO t VALUES (3)', [], false);
  expect((await dying.statement('SELECT a FROM t', [], false)).rows).toEqual([[3]]);
});

test('a statement of a transaction that is gone does not run alone', async () => {
  const connection = new ThreadConnection({ path: join(temporaryFolder(), 'test.db'), role: 'writer' });
  onTestFinished(() => connection.close());
  await connection.statement('CREATE TABLE t (a)', [], false);
  await expect(connection.statement('INSERT INTO t VALUES (1)', [], true)).rejects.toThrow('rolled back');
  expect((await connection.statement('SELECT a FROM t', [], false)).rows).toEqual([]);
});
