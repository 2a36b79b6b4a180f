/**
 * Applies migrations without Prisma's native engine and keeps Prisma's own ledger. Each migration is
 * one transaction, its ledger row included: it is there whole or not at all, also after a crash, and
 * of several runners at once one applies it. A failed migration is rolled back, noted, and blocks
 * what follows; the next run tries it again.
 */
import { existsSync } from 'node:fs';
import Sqlite from 'libsql';
import { parseDatabaseUrl } from '../../database-url.js';
import { databaseProblem } from '../problems.js';
import { retryWhileBusy } from '../sqlite/retry-while-busy.js';
import { createPrivateFile } from '../sqlite/sqlite-file.js';
import { type Migration, migrationsFolder, readMigrations } from './migration-folder.js';
import {
  createLedger,
  type LedgerRow,
  ROLLED_BACK,
  readLedger,
  recordApplied,
  recordFailed,
} from './migration-ledger.js';

/** A large migration of another process may take this long; every start of a fleet waits for the first. */
const MIGRATE_WAIT_MS = 60_000;
const STATUS_WAIT_MS = 5_000;

/** Says to an operator which migration stopped, why, and what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export interface MigrationStatus {
  applied: string[];
  pending: string[];
  /** Tried and rolled back; also pending. */
  failed: { name: string; message: string }[];
}

/** Applies what is pending, oldest first. `waitMs`: how long to wait each time for another process's lock. */
export async function migrate(
  url: string,
  folder = migrationsFolder('sqlite'),
  options = { waitMs: MIGRATE_WAIT_MS },
): Promise<{ applied: string[] }> {
  const path = sqlitePath(url);
  const migrations = readMigrations(folder);
  createPrivateFile(path);
  const database = new Sqlite(path, { timeout: 0 });
  try {
    const applied: string[] = [];
    await patiently(options.waitMs, () => prepareConnection(database));
    for (;;) {
      const name = await applyNext(database, migrations, options.waitMs);
      if (name === undefined) return { applied };
      applied.push(name);
    }
  } finally {
    database.close();
  }
}

/** What has been applied and what not; a database that is not there yet has everything pending. Changes nothing. */
export async function migrationStatus(
  url: string,
  folder = migrationsFolder('sqlite'),
  options = { waitMs: STATUS_WAIT_MS },
): Promise<MigrationStatus> {
  const path = sqlitePath(url);
  const migrations = readMigrations(folder);
  const rows = existsSync(path) ? await readRows(path, options.waitMs) : [];
  const pending = findPending(migrations, rows).map(({ name }) => name);
  return {
    applied: migrations.map(({ name }) => name).filter((name) => !pending.includes(name)),
    pending,
    failed: rows
      .filter(({ state }) => state === 'failed')
      .map(({ name, logs }) => ({ name, message: logs ?? '' })),
  };
}

async function readRows(path: string, waitMs: number): Promise<LedgerRow[]> {
  const database = new Sqlite(path, { timeout: 0 });
  try {
    return await patiently(waitMs, () => readLedger(database));
  } finally {
    database.close();
  }
}

async function applyNext(database: Sqlite.Database, migrations: Migration[], waitMs: number) {
  await patiently(waitMs, () => database.exec('BEGIN IMMEDIATE'));
  const startedAtMs = Date.now();
  let next: Migration | undefined;
  try {
    createLedger(database);
    const rows = readLedger(database);
    next = findPending(migrations, rows)[0];
    if (next) {
      refuseUnclear(next, rows);
      run(database, next);
      recordApplied(database, next, startedAtMs);
    }
    await patiently(waitMs, () => database.exec('COMMIT'));
    return next?.name;
  } catch (error) {
    const wasWhole = database.inTransaction;
    if (wasWhole) database.exec('ROLLBACK');
    if (!next || error instanceof MigrationError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const advice = wasWhole
      ? ROLLED_BACK
      : 'It ended its transaction itself and may be partly applied: mend by hand.';
    await noteFailure(database, next, startedAtMs, `${advice}\n${message}`, waitMs);
    throw new MigrationError(`Migration ${next.name} failed: ${message}. ${advice}`, { cause: error });
  }
}

function run(database: Sqlite.Database, migration: Migration): void {
  database.exec(migration.sql);
  if (!database.inTransaction) throw new Error('a migration must not COMMIT or ROLLBACK');
  const orphans = database.prepare('PRAGMA foreign_key_check').raw(true).all([]) as [string][];
  if (orphans[0])
    throw new Error(`${orphans.length} rows break a foreign key, the first in table ${orphans[0][0]}`);
}

/** The note is for people and for `status`; where it cannot be written the error itself still says it. */
async function noteFailure(
  database: Sqlite.Database,
  migration: Migration,
  startedAtMs: number,
  logs: string,
  waitMs: number,
): Promise<void> {
  try {
    await patiently(waitMs, () => database.exec('BEGIN IMMEDIATE'));
    createLedger(database);
    recordFailed(database, migration, startedAtMs, logs);
    database.exec('COMMIT');
  } catch {
    if (database.inTransaction) database.exec('ROLLBACK');
  }
}

/** The ledger and the folder must tell one story; then what the ledger lacks is pending. */
function findPending(migrations: Migration[], rows: LedgerRow[]): Migration[] {
  const byName = new Map(migrations.map((migration) => [migration.name, migration]));
  const applied = new Set<string>();
  for (const { name, checksum, state } of rows) {
    if (state === 'rolled back') continue;
    const migration = byName.get(name);
    if (!migration) {
      throw new MigrationError(
        `The database has migration ${name}, this build has not: run the build that made it.`,
      );
    }
    if (state !== 'applied') continue;
    if (!migration.checksums.has(checksum)) {
      throw new MigrationError(
        `Migration ${name} was changed after it was applied: restore its file and write a new migration for the change.`,
      );
    }
    applied.add(name);
  }
  return migrations.filter(({ name }) => !applied.has(name));
}

/** Our own failures leave nothing behind. Prisma's engine and self-committing SQL may have, and only a person can tell. */
function refuseUnclear(next: Migration, rows: LedgerRow[]): void {
  const unclear = rows.find(
    ({ name, state, logs }) => name === next.name && state === 'failed' && !logs?.startsWith(ROLLED_BACK),
  );
  if (unclear) {
    throw new MigrationError(
      `Migration ${next.name} failed before and may be partly applied: undo what it did by hand, then set rolled_back_at in its row of _prisma_migrations and run again.`,
    );
  }
}

function prepareConnection(database: Sqlite.Database): void {
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  // Rebuilding a table drops it for a moment; foreign_key_check makes up for it before each commit.
  database.exec('PRAGMA foreign_keys = OFF');
}

/** Runs `attempt` again while another process has the lock, with pauses that leave the loop free. */
async function patiently<T>(waitMs: number, attempt: () => T): Promise<T> {
  try {
    return await retryWhileBusy(performance.now() + waitMs, async () => attempt());
  } catch (error) {
    if (databaseProblem(error)?.code !== 'DATABASE_BUSY') throw error;
    throw new MigrationError(`Another process has had the database locked for ${waitMs} ms: run again.`, {
      cause: error,
    });
  }
}

function sqlitePath(text: string): string {
  const url = parseDatabaseUrl(text);
  if (url.engine !== 'sqlite') throw new Error('not yet');
  return url.path;
}
