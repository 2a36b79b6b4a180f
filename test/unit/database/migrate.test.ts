import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'libsql';
import { expect, test } from 'vitest';
import { Database } from '#dist/database/database.js';
import { migrate, migrationStatus } from '#dist/database/migrations/migrate.js';
import { startProcess, temporaryFolder } from '../../support/temporary-database.js';

function prepare(sqlByName: Record<string, string>) {
  const root = temporaryFolder();
  const folder = join(root, 'migrations');
  const path = join(root, 'data', 'test.db');
  const write = (name: string, sql: string) => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'migration.sql'), sql);
  };
  for (const [name, sql] of Object.entries(sqlByName)) write(name, sql);
  const all = (sql: string) => {
    const database = new Sqlite(path);
    try {
      return database.prepare(sql).all([]);
    } finally {
      database.close();
    }
  };
  return { url: `file:${path}`, path, folder, write, all };
}

const two = { '1_a': 'CREATE TABLE a (x);\nCREATE TABLE b (x);\n', '2_b': 'INSERT INTO a VALUES (1);\n' };

test('migrations are applied in order, once, into a private file', async () => {
  const { url, path, folder } = prepare(two);
  expect(await migrationStatus(url, folder)).toEqual({ applied: [], pending: ['1_a', '2_b'], failed: [] });
  expect(await migrate(url, folder)).toEqual({ applied: ['1_a', '2_b'] });
  expect(await migrate(url, folder)).toEqual({ applied: [] });
  expect(await migrationStatus(url, folder)).toEqual({ applied: ['1_a', '2_b'], pending: [], failed: [] });
  expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
  expect((statSync(join(path, '..')).mode & 0o777).toString(8)).toBe('700');
});

test('two processes at once apply each migration once', { timeout: 30_000 }, async () => {
  const { url, folder, all } = prepare(two);
  const runner = `
    const { migrate } = await import(new URL('database/migrations/migrate.js', process.env.DIST));
    console.log('ready');
    process.stdin.once('data', async () => {
      await migrate(process.argv[1], process.argv[2], { waitMs: 20_000 });
      process.exit(0);
    });`;
  const runners = [startProcess(runner, url, folder), startProcess(runner, url, folder)];
  await Promise.all(runners.map(({ line }) => line()));
  for (const { child } of runners) child.stdin.write('\n');
  expect(await Promise.all(runners.map(({ ended }) => ended))).toEqual([0, 0]);
  expect(all('SELECT count(*) AS n FROM a')).toEqual([{ n: 1 }]);
  expect(all('SELECT count(*) AS n FROM _prisma_migrations')).toEqual([{ n: 2 }]);
});

test('a failing migration leaves nothing, blocks later ones, and is tried again once mended', async () => {
  const { url, folder, write, all } = prepare({
    ...two,
    '2_b': 'INSERT INTO a VALUES (1);\nINSERT INTO nowhere VALUES (1);',
    '3_c': 'CREATE TABLE c (x);',
  });
  await expect(migrate(url, folder)).rejects.toThrow(
    /2_b failed: no such table: .*nowhere.*mend the SQL and run again/,
  );
  expect(all('SELECT * FROM a')).toEqual([]);
  expect(await migrationStatus(url, folder)).toMatchObject({
    applied: ['1_a'],
    pending: ['2_b', '3_c'],
    failed: [{ name: '2_b', message: expect.stringContaining('nowhere') }],
  });
  write('2_b', 'INSERT INTO a VALUES (2);');
  expect(await migrate(url, folder)).toEqual({ applied: ['2_b', '3_c'] });
  expect(all('SELECT x FROM a')).toEqual([{ x: 2 }]);
});

test('a row that breaks a foreign key fails its migration', async () => {
  const { url, folder, all } = prepare({
    '1_a': 'CREATE TABLE p (id PRIMARY KEY); CREATE TABLE c (p REFERENCES p(id)); INSERT INTO c VALUES (7);',
  });
  await expect(migrate(url, folder)).rejects.toThrow(/break a foreign key.*table c/);
  expect(all(`SELECT name FROM sqlite_master WHERE name = 'c'`)).toEqual([]);
});

test('a migration that commits by itself blocks until a person has looked', async () => {
  const { url, folder } = prepare({ '1_a': 'CREATE TABLE a (x); COMMIT;' });
  await expect(migrate(url, folder)).rejects.toThrow('may be partly applied');
  await expect(migrate(url, folder)).rejects.toThrow('undo what it did by hand');
});

test('a file changed after it was applied stops the run; another line ending is no change', async () => {
  const { url, folder, write } = prepare(two);
  await migrate(url, folder);
  write('1_a', two['1_a'].replaceAll('\n', '\r\n'));
  expect(await migrate(url, folder)).toEqual({ applied: [] });
  write('1_a', `${two['1_a']}-- more`);
  await expect(migrate(url, folder)).rejects.toThrow('1_a was changed after it was applied');
  await expect(migrationStatus(url, folder)).rejects.toThrow('1_a was changed after it was applied');
});

test('a migration the build does not have stops the run', async () => {
  const { url, folder } = prepare(two);
  await migrate(url, folder);
  rmSync(join(folder, '2_b'), { recursive: true });
  await expect(migrate(url, folder)).rejects.toThrow('this build has not');
});

test('a runner that does not get the lock in time says so', async () => {
  const { url, path, folder } = prepare(two);
  await migrate(url, folder);
  const holder = new Sqlite(path);
  holder.exec('BEGIN IMMEDIATE');
  await expect(migrate(url, folder, { waitMs: 100 })).rejects.toThrow('locked for 100 ms');
  holder.exec('COMMIT');
  holder.close();
});

test('an open database knows what is pending', async () => {
  const { url } = prepare({});
  const database = await Database.open({ url, timeoutMs: 2_000, poolMax: 2, idleMs: 10_000 });
  expect(await database.pendingMigrations()).toEqual(['20261121000000_users']);
  await migrate(url);
  expect(await database.pendingMigrations()).toEqual([]);
  await database.close();
});
