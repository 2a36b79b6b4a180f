/** Our runner and Prisma's own engine read one ledger, and each finds there what the other did. */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import { describe, expect, onTestFinished, test } from 'vitest';
import { migrate, migrationStatus } from '#dist/database/migrations/migrate.js';
import { schemaFiles } from '../../scripts/read-models.js';
import {
  migrationList,
  noFilters,
  openSchemaEngine,
  postgresqlAdapter,
  sqliteAdapter,
} from '../../scripts/schema-engine.js';
import { engines, type TestEngine } from '../support/engines.js';
import { ownMigrations } from '../support/own-migrations.js';
import { temporaryFolder } from '../support/temporary-database.js';

const [first = ''] = ownMigrations;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

async function create(engine: TestEngine) {
  const database = await engine.createDatabase();
  onTestFinished(() => database.drop());
  return database;
}

/** A copy of the engine's own migrations, and more. */
function folderWith(engine: TestEngine, sqlByName: Record<string, string> = {}) {
  const folder = join(temporaryFolder(), 'migrations');
  cpSync(`prisma/${engine.engine}/migrations`, folder, { recursive: true });
  for (const [name, sql] of Object.entries(sqlByName)) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'migration.sql'), sql);
  }
  return folder;
}

async function prismaAt(engine: TestEngine, url: string) {
  const adapters: SqlDriverAdapter[] = [];
  const leave = async () => void (await Promise.all(adapters.map((adapter) => adapter.dispose())));
  const connect = async (to: string): Promise<SqlDriverAdapter> => {
    const adapter =
      engine.engine === 'sqlite'
        ? await sqliteAdapter(to)
        : await postgresqlAdapter({ connectionString: to });
    adapters.push(adapter);
    return adapter;
  };
  onTestFinished(leave);
  const prisma = await openSchemaEngine({
    provider: engine.engine === 'sqlite' ? 'sqlite' : 'postgres',
    files: schemaFiles(engine.engine),
    connect: () => connect(url),
    connectToShadow: async () =>
      connect(engine.engine === 'sqlite' ? ':memory:' : (await create(engine)).url),
  });
  return { prisma, leave };
}

const ledgerShape: Record<string, string> = {
  SQLite: `SELECT replace(sql, ' IF NOT EXISTS', '') AS sql FROM sqlite_master WHERE name LIKE '%prisma_migrations%'`,
  PostgreSQL: `SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull, a.attcollation,
      pg_get_expr(d.adbin, d.adrelid) AS fallback,
      (SELECT string_agg(pg_get_constraintdef(c.oid), ',') FROM pg_constraint c WHERE c.conrelid = a.attrelid) AS keys
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = 'public._prisma_migrations'::regclass AND a.attnum > 0 ORDER BY a.attnum`,
};

describe.each(engines.filter(({ engine }) => engine !== 'mysql'))("Prisma's engine on $name", (engine) => {
  test('finds our migrations applied, unedited and without drift', async () => {
    const { url, query } = await create(engine);
    await migrate(url);
    const { prisma } = await prismaAt(engine, url);
    const migrationsList = migrationList(`prisma/${engine.engine}/migrations`);
    expect(
      await prisma.diagnoseMigrationHistory({
        migrationsList,
        optInToShadowDatabase: true,
        filters: noFilters,
      }),
    ).toEqual({
      editedMigrationNames: [],
      failedMigrationNames: [],
      hasMigrationsTable: true,
      history: null,
    });
    const action = async () =>
      (await prisma.devDiagnostic({ migrationsList, filters: noFilters })).action.tag;
    expect(await action()).toBe('createMigration');
    expect(await prisma.applyMigrations({ migrationsList, filters: noFilters })).toEqual({
      appliedMigrationNames: [],
    });
    await query('ALTER TABLE "Claim" ADD COLUMN "drift" INTEGER');
    expect(await action()).toBe('reset');
  });

  test('finds what failed with us failed, and what was tried again applied', async () => {
    const { url } = await create(engine);
    const folder = folderWith(engine, { '20261122000000_bad': 'INSERT INTO nowhere VALUES (1);' });
    await expect(migrate(url, folder)).rejects.toThrow('20261122000000_bad failed');
    const { prisma } = await prismaAt(engine, url);
    const diagnose = () =>
      prisma.diagnoseMigrationHistory({
        migrationsList: migrationList(folder),
        optInToShadowDatabase: false,
        filters: noFilters,
      });
    expect((await diagnose()).failedMigrationNames).toEqual(['20261122000000_bad']);
    writeFileSync(join(folder, '20261122000000_bad', 'migration.sql'), 'DELETE FROM "Claim";');
    await migrate(url, folder);
    expect(await diagnose()).toMatchObject({
      failedMigrationNames: [],
      editedMigrationNames: [],
      history: null,
    });
  });

  test('makes the same ledger as we do, and we go on where it has stopped', async () => {
    const [theirs, ours] = [await create(engine), await create(engine)];
    await migrate(ours.url);
    // Makes the folder and the file of SQLite, as a database that is there already.
    await migrate(theirs.url, folderWith(engine));
    for (const table of ['_prisma_migrations', 'StoredAnswer', 'RateCount', 'Session', 'User', 'Claim'])
      await theirs.query(`DROP TABLE "${table}"`);
    const { prisma, leave } = await prismaAt(engine, theirs.url);
    const migrationsList = migrationList(`prisma/${engine.engine}/migrations`);
    expect(await prisma.applyMigrations({ migrationsList, filters: noFilters })).toEqual({
      appliedMigrationNames: ownMigrations,
    });
    // It keeps its lock as long as its connection.
    await leave();
    const shape = ledgerShape[engine.name] ?? '';
    expect(await ours.query(shape)).toEqual(await theirs.query(shape));
    const row =
      'SELECT checksum, migration_name, logs, rolled_back_at, applied_steps_count FROM _prisma_migrations';
    expect(await ours.query(row)).toEqual(await theirs.query(row));
    const folder = folderWith(engine, { '20261122000000_more': 'CREATE TABLE more (x INTEGER);' });
    expect(await migrate(theirs.url, folder)).toEqual({ applied: ['20261122000000_more'] });
  });
});

/** Prisma's engine for MySQL is native only; so it is compared with what that one is known to write. */
describe.each(engines.filter(({ engine }) => engine === 'mysql'))('the ledger on $name', (engine) => {
  test("has the columns of Prisma's", async () => {
    const { url, query } = await create(engine);
    await migrate(url);
    const columns = await query(
      `SELECT column_name AS name, column_type AS type, is_nullable AS nullable, column_default AS fallback, column_key AS \`key\`
       FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = '_prisma_migrations' ORDER BY ordinal_position`,
    );
    expect(
      columns.map(({ name, type, nullable, fallback, key }) =>
        [name, type, nullable, String(fallback).toLowerCase(), key]
          .join(' ')
          .replace('int(10)', 'int')
          .trim(),
      ),
    ).toEqual([
      'id varchar(36) NO null PRI',
      'checksum varchar(64) NO null',
      'finished_at datetime(3) YES null',
      'migration_name varchar(255) NO null',
      'logs text YES null',
      'rolled_back_at datetime(3) YES null',
      'started_at datetime(3) NO current_timestamp(3)',
      'applied_steps_count int unsigned NO 0',
    ]);
    const [table] = await query(
      `SELECT table_collation AS collation FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '_prisma_migrations'`,
    );
    expect(table).toEqual({ collation: 'utf8mb4_unicode_ci' });
  });

  test('has a row an applied migration, in UTC', async () => {
    const { url, query } = await create(engine);
    const before = Date.now();
    await migrate(url);
    const rows = await query(
      `SELECT id, checksum, migration_name, logs, rolled_back_at, applied_steps_count,
         CAST(started_at AS CHAR) AS started, CAST(finished_at AS CHAR) AS finished FROM _prisma_migrations
       WHERE migration_name = '${first}'`,
    );
    const sql = readFileSync(`prisma/mysql/migrations/${first}/migration.sql`, 'utf8');
    expect(rows).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        checksum: sha256(sql),
        migration_name: first,
        logs: null,
        rolled_back_at: null,
        applied_steps_count: 1,
        started: expect.any(String),
        finished: expect.any(String),
      },
    ]);
    const at = (name: string) => Date.parse(`${String(rows[0]?.[name]).replace(' ', 'T')}Z`);
    expect(at('started')).toBeGreaterThanOrEqual(before - 1_000);
    expect(at('finished')).toBeGreaterThanOrEqual(at('started'));
    expect(at('finished')).toBeLessThanOrEqual(Date.now() + 1_000);
    expect(await migrationStatus(url)).toEqual({ applied: ownMigrations, pending: [], failed: [] });
  });
});
