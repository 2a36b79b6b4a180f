import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Sqlite from 'libsql';
import { createConnection } from 'mariadb';
import { Client } from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Database } from '#dist/database/database.js';
import { migrate, migrationStatus } from '#dist/database/migrations/migrate.js';
import { engines, type TestEngine } from '../support/engines.js';
import { ownMigrations } from '../support/own-migrations.js';
import { startProcess, temporaryFolder } from '../support/temporary-database.js';

/** A database of its own and a folder of migrations of its own. */
async function prepare(engine: TestEngine, sqlByName: Record<string, string>) {
  const database = await engine.createDatabase();
  onTestFinished(() => database.drop());
  const folder = join(temporaryFolder(), 'migrations');
  mkdirSync(folder);
  const write = (name: string, sql: string) => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'migration.sql'), sql);
  };
  for (const [name, sql] of Object.entries(sqlByName)) write(name, sql);
  return { url: database.url, query: database.query, folder, write };
}

const two = {
  '1_a': 'CREATE TABLE a (x INTEGER);\nCREATE TABLE b (x INTEGER);\n',
  '2_b': 'INSERT INTO a VALUES (1);\n',
};

const migrateInProcess = `
  const { migrate } = await import(new URL('database/migrations/migrate.js', process.env.DIST));
  console.log('ready');
  process.stdin.once('data', async () => {
    await migrate(process.argv[1], process.argv[2], { waitMs: 20_000 });
    process.exit(0);
  });`;

/** Takes the lock a runner wants, as Prisma's engine takes it; gives back how to release it. */
const takeLock: Record<TestEngine['name'], (url: string) => Promise<() => unknown>> = {
  SQLite: async (url) => {
    const holder = new Sqlite(url.slice('file:'.length));
    holder.exec('BEGIN IMMEDIATE');
    return () => holder.close();
  },
  PostgreSQL: async (url) => {
    const holder = new Client({ connectionString: url });
    await holder.connect();
    await holder.query('SELECT pg_advisory_lock(72707369)');
    return () => holder.end();
  },
  MySQL: async (url) => {
    const holder = await createConnection(`${url.replace('mysql:', 'mariadb:')}?connectTimeout=20000`);
    await holder.query(`SELECT GET_LOCK('prisma_migrate', 10)`);
    return () => holder.end();
  },
};

describe.each(engines)('migrations on $name', (engine) => {
  test('are applied in order, once', async () => {
    const { url, folder, query } = await prepare(engine, two);
    expect(await migrationStatus(url, folder)).toEqual({ applied: [], pending: ['1_a', '2_b'], failed: [] });
    expect(await migrate(url, folder)).toEqual({ applied: ['1_a', '2_b'] });
    expect(await migrate(url, folder)).toEqual({ applied: [] });
    expect(await migrationStatus(url, folder)).toEqual({ applied: ['1_a', '2_b'], pending: [], failed: [] });
    expect(await query('SELECT x FROM a')).toEqual([{ x: 1 }]);
  });

  test('are applied once each by several processes at once', async () => {
    const { url, folder, query } = await prepare(engine, two);
    const runners = Array.from({ length: 3 }, () => startProcess(migrateInProcess, url, folder));
    await Promise.all(runners.map(({ line }) => line()));
    for (const { child } of runners) child.stdin.write('\n');
    expect(await Promise.all(runners.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    expect(await query('SELECT count(*) AS n FROM a')).toEqual([{ n: 1 }]);
    expect(await query('SELECT count(*) AS n FROM _prisma_migrations')).toEqual([{ n: 2 }]);
  });

  test('are only looked at by status: it makes no ledger', async () => {
    const { url, folder, query } = await prepare(engine, two);
    await migrationStatus(url, folder);
    await expect(query('SELECT * FROM _prisma_migrations')).rejects.toThrow();
  });

  test('are not taken up again when their file has changed; another line ending is no change', async () => {
    const { url, folder, write } = await prepare(engine, two);
    await migrate(url, folder);
    write('1_a', two['1_a'].replaceAll('\n', '\r\n'));
    expect(await migrate(url, folder)).toEqual({ applied: [] });
    write('1_a', `${two['1_a']}-- more`);
    await expect(migrate(url, folder)).rejects.toThrow('1_a was changed after it was applied');
    await expect(migrationStatus(url, folder)).rejects.toThrow('1_a was changed after it was applied');
  });

  test('that this build does not have stop the run', async () => {
    const { url, folder } = await prepare(engine, two);
    await migrate(url, folder);
    rmSync(join(folder, '2_b'), { recursive: true });
    await expect(migrate(url, folder)).rejects.toThrow('this build has not');
  });

  test('that hold no SQL are refused, and leave no note', async () => {
    const { url, folder, query } = await prepare(engine, {
      ...two,
      '2_b': '-- to be written\n/* by hand;\n */ \n',
    });
    await expect(migrate(url, folder)).rejects.toThrow('2_b holds no SQL');
    expect(await query('SELECT count(*) AS n FROM _prisma_migrations')).toEqual([{ n: 1 }]);
  });

  test("load their engine's driver and no other", async () => {
    const { url, folder } = await prepare(engine, two);
    const loader = startProcess(
      `import { createRequire } from 'node:module';
      const { migrate } = await import(new URL('database/migrations/migrate.js', process.env.DIST));
      await migrate(process.argv[1], process.argv[2]);
      const files = Object.keys(createRequire(import.meta.url).cache).join(' ');
      console.log([...new Set(files.match(/(?<=node_modules.)(pg|mariadb|libsql)(?=[^\\w-])/g))].join(' '));`,
      url,
      folder,
    );
    expect(await loader.line()).toBe({ SQLite: 'libsql', PostgreSQL: 'pg', MySQL: 'mariadb' }[engine.name]);
  });

  test("wait for Prisma's own lock, and say so when they do not get it in time", async () => {
    const { url, folder } = await prepare(engine, two);
    await migrate(url, folder);
    const release = await takeLock[engine.name](url);
    await expect(migrate(url, folder, { waitMs: 3_000 })).rejects.toThrow(
      /locked for (3000 ms|3 s): run again/,
    );
    let isDone = false;
    const waiting = migrate(url, folder, { waitMs: 10_000 }).finally(() => {
      isDone = true;
    });
    await pause(300);
    expect(isDone).toBe(false);
    await release();
    expect(await waiting).toEqual({ applied: [] });
  });

  test('that fail on a lost connection are not taken for applied', async () => {
    const { url, folder, write } = await prepare(engine, { '1_a': 'CREATE TABLE a (x INTEGER);' });
    const suicide = {
      SQLite: 'INSERT INTO nowhere VALUES (1);',
      PostgreSQL: 'CREATE TABLE b (x INTEGER); SELECT pg_terminate_backend(pg_backend_pid());',
      MySQL: 'CREATE TABLE b (x INTEGER); KILL CONNECTION_ID();',
    };
    write('2_b', suicide[engine.name]);
    await expect(migrate(url, folder)).rejects.toThrow('Migration 2_b failed');
    expect(await migrationStatus(url, folder)).toMatchObject({ applied: ['1_a'], pending: ['2_b'] });
  });
});

describe.each(engines.filter(({ engine }) => engine !== 'mysql'))(
  'a failing migration on $name',
  (engine) => {
    test('leaves nothing, blocks later ones, and is tried again once mended', async () => {
      const { url, folder, write, query } = await prepare(engine, {
        ...two,
        '2_b': 'CREATE TABLE d (x INTEGER);\nINSERT INTO a VALUES (1);\nINSERT INTO nowhere VALUES (1);',
        '3_c': 'CREATE TABLE c (x INTEGER);',
      });
      await expect(migrate(url, folder)).rejects.toThrow(/2_b failed: .*nowhere.*mend the SQL and run again/);
      expect(await query('SELECT * FROM a')).toEqual([]);
      expect(await migrationStatus(url, folder)).toMatchObject({
        applied: ['1_a'],
        pending: ['2_b', '3_c'],
        failed: [{ name: '2_b', message: expect.stringContaining('nowhere') }],
      });
      write('2_b', 'CREATE TABLE d (x INTEGER); INSERT INTO a VALUES (2);');
      expect(await migrate(url, folder)).toEqual({ applied: ['2_b', '3_c'] });
      expect(await query('SELECT x FROM a')).toEqual([{ x: 2 }]);
      expect((await migrationStatus(url, folder)).failed).toEqual([]);
    });

    test.each([
      ['COMMIT', 'CREATE TABLE a (x INTEGER); COMMIT;'],
      ['COMMIT and BEGIN', 'CREATE TABLE a (x INTEGER); COMMIT; BEGIN;'],
      ['COMMIT and then fails', 'CREATE TABLE a (x INTEGER); COMMIT; INSERT INTO nowhere VALUES (1);'],
      ['ROLLBACK', 'ROLLBACK; CREATE TABLE a (x INTEGER);'],
    ])('that does %s by itself blocks until a person has looked', async (_, sql) => {
      const { url, folder, query, write } = await prepare(engine, { '1_a': sql, '2_b': 'DROP TABLE a;' });
      await expect(migrate(url, folder)).rejects.toThrow('may be partly applied');
      const again = await migrate(url, folder).catch((error: Error) => error.message);
      expect(again).toContain('undo what it did by hand');
      write('1_a', 'CREATE TABLE a (x INTEGER);');
      await query('DROP TABLE a');
      await query(/UPDATE [^;]+/.exec(String(again))?.[0] ?? '');
      expect(await migrate(url, folder)).toEqual({ applied: ['1_a', '2_b'] });
    });
  },
);

describe.each(engines.filter(({ engine }) => engine === 'mysql'))(
  'a failing migration on $name',
  (engine) => {
    test('may leave something: it blocks itself and what follows until a person has looked', async () => {
      const { url, folder, write, query } = await prepare(engine, {
        ...two,
        '2_b': 'CREATE TABLE c (x INTEGER);\nINSERT INTO nowhere VALUES (1);\nINSERT INTO a VALUES (9);',
        '3_d': 'CREATE TABLE d (x INTEGER);',
      });
      await expect(migrate(url, folder)).rejects.toThrow(
        /2_b failed: .*nowhere.*partly applied: undo what it did by hand/,
      );
      expect(await query('SELECT x FROM a')).toEqual([]);
      expect(await migrationStatus(url, folder)).toMatchObject({
        applied: ['1_a'],
        pending: ['2_b', '3_d'],
        failed: [{ name: '2_b', message: expect.stringContaining('nowhere') }],
      });
      write('2_b', two['2_b']);
      const again = await migrate(url, folder).catch((error: Error) => error.message);
      expect(again).toContain('2_b was begun before');
      await query('DROP TABLE c');
      await query(/UPDATE [^;]+/.exec(String(again))?.[0] ?? '');
      expect(await migrate(url, folder)).toEqual({ applied: ['2_b', '3_d'] });
    });

    test('whose process is killed within it blocks likewise', async () => {
      const { url, folder, query } = await prepare(engine, {
        '1_a': 'CREATE TABLE a (x INTEGER);\nDO SLEEP(20);\nCREATE TABLE b (x INTEGER);',
      });
      const runner = startProcess(migrateInProcess, url, folder);
      await runner.line();
      runner.child.stdin.write('\n');
      await expect
        .poll(async () => (await migrationStatus(url, folder)).failed, { timeout: 20_000 })
        .toEqual([{ name: '1_a', message: expect.stringContaining('not finished') }]);
      runner.child.kill('SIGKILL');
      await runner.ended;
      // The server takes its time to find out that nobody is there, and keeps others from migrating meanwhile.
      const left = await query(
        'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()',
      );
      for (const { id } of left) await query(`KILL ${id}`).catch(() => undefined);
      await expect(migrate(url, folder)).rejects.toThrow(/1_a was begun before.*undo what it did by hand/);
    });
  },
);

describe.each(engines.filter(({ engine }) => engine !== 'sqlite'))('$name', (engine) => {
  let tookMs: number;
  const failureAt = async (change: (url: URL) => void, options?: { waitMs: number }) => {
    const database = await engine.createDatabase();
    onTestFinished(() => database.drop());
    const url = new URL(database.url);
    change(url);
    const startedMs = performance.now();
    const error = await migrate(url.href, undefined, options).catch((thrown: unknown) => thrown);
    tookMs = performance.now() - startedMs;
    expect(error).toMatchObject({
      name: 'MigrationError',
      message: expect.not.stringContaining('pass-word'),
    });
    return (error as Error).message;
  };

  test('that is not there is named, with what to check', async () => {
    const message = await failureAt((url) => {
      url.port = '1';
      url.password = 'pass-word';
    });
    expect(message).toContain(`${engine.name} at 127.0.0.1:1 cannot be reached`);
    expect(message).toContain('host, port and TLS in DATABASE_URL');
  });

  test('that never answers is waited for no longer than allowed', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await new Promise((resolve) => silent.once('listening', resolve));
    const message = await failureAt(
      (url) => {
        url.port = String((silent.address() as { port: number }).port);
      },
      { waitMs: 500 },
    );
    expect(message).toContain('cannot be reached');
    // Without a word about it, it would be ten seconds.
    expect(tookMs).toBeLessThan(6_000);
  });

  test('that lacks the database says how to make it', async () => {
    const message = await failureAt((url) => {
      url.pathname = '/farebox_test_none';
    });
    expect(message).toMatch(/has no database .*CREATE DATABASE ["`]farebox_test_none["`];/);
  });

  test('that knows no such user says what to check', async () => {
    const message = await failureAt((url) => {
      url.username = 'farebox_nobody';
      url.password = 'pass-word';
    });
    expect(message).toMatch(
      /refuses user farebox_nobody .*check user, password and database in DATABASE_URL/,
    );
  });
});

describe.each(engines.filter(({ engine }) => engine === 'sqlite'))('on $name', (engine) => {
  test('the file and its folder are private', async () => {
    const { url, folder } = await prepare(engine, two);
    await migrate(url, folder);
    const path = url.slice('file:'.length);
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
    expect((statSync(dirname(path)).mode & 0o777).toString(8)).toBe('700');
  });

  test('a row that breaks a foreign key fails its migration', async () => {
    const { url, folder, query } = await prepare(engine, {
      '1_a':
        'CREATE TABLE p (id PRIMARY KEY); CREATE TABLE c (p REFERENCES p(id)); INSERT INTO c VALUES (7);',
    });
    await expect(migrate(url, folder)).rejects.toThrow(/break a foreign key.*table c/);
    expect(await query(`SELECT name FROM sqlite_master WHERE name = 'c'`)).toEqual([]);
  });

  test('an open database knows what is pending', async () => {
    const { url } = await prepare(engine, {});
    const database = await Database.open({ url, timeoutMs: 5_000, poolMax: 2, idleMs: 1_000 });
    expect(await database.pendingMigrations()).toEqual(ownMigrations);
    await migrate(url);
    expect(await database.pendingMigrations()).toEqual([]);
    await database.close();
  });
});

describe.each(engines.filter(({ engine }) => engine === 'postgresql'))('on $name', (engine) => {
  test('a constraint that is only checked at the end fails its migration, which leaves nothing', async () => {
    const { url, folder, query } = await prepare(engine, {
      '1_a':
        'CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER REFERENCES p(id) DEFERRABLE INITIALLY DEFERRED); INSERT INTO c VALUES (7);',
    });
    await expect(migrate(url, folder)).rejects.toThrow(/1_a failed: .*foreign key.*run again/);
    expect(await query(`SELECT to_regclass('c') AS c`)).toEqual([{ c: null }]);
  });
});
