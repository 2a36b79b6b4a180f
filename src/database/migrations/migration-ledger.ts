import { randomUUID } from 'node:crypto';
import type Sqlite from 'libsql';
import type { Migration } from './migration-folder.js';

/** Word for word as Prisma's engine creates it, so that `prisma migrate status` and `deploy` read it as theirs. */
const LEDGER_SQL = `
CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

/** How the log of a failure begins that left nothing behind; a failure without it needs a person. */
export const ROLLED_BACK = 'Rolled back: mend the SQL and run again.';

export interface LedgerRow {
  name: string;
  checksum: string;
  logs: string | null;
  /** A failed row is neither; one that was tried again after a failure is rolled back. */
  state: 'applied' | 'failed' | 'rolled back';
}

export function createLedger(database: Sqlite.Database): void {
  database.exec(LEDGER_SQL);
}

/** All rows, oldest first; none where there is no ledger yet. */
export function readLedger(database: Sqlite.Database): LedgerRow[] {
  const exists = database.prepare(
    `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_prisma_migrations'`,
  );
  if (exists.all([]).length === 0) return [];
  const rows = database
    .prepare(
      `SELECT migration_name, checksum, logs, CASE WHEN rolled_back_at IS NOT NULL THEN 'rolled back'
         WHEN finished_at IS NULL THEN 'failed' ELSE 'applied' END
       FROM _prisma_migrations ORDER BY started_at, rowid`,
    )
    .raw(true)
    .all([]) as [string, string, string | null, LedgerRow['state']][];
  return rows.map(([name, checksum, logs, state]) => ({
    name,
    checksum,
    logs,
    state,
  }));
}

/** Instants are milliseconds since 1970, as Prisma's native engine writes them on SQLite. */
export function recordApplied(database: Sqlite.Database, migration: Migration, startedAtMs: number): void {
  setAsideFailures(database, migration.name);
  database
    .prepare(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES (?, ?, ?, ?, ?, 1)`,
    )
    .run([randomUUID(), migration.checksum, migration.name, BigInt(startedAtMs), BigInt(Date.now())]);
}

export function recordFailed(
  database: Sqlite.Database,
  migration: Migration,
  startedAtMs: number,
  logs: string,
): void {
  setAsideFailures(database, migration.name);
  database
    .prepare(
      'INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, logs) VALUES (?, ?, ?, ?, ?)',
    )
    .run([randomUUID(), migration.checksum, migration.name, BigInt(startedAtMs), logs]);
}

function setAsideFailures(database: Sqlite.Database, name: string): void {
  database
    .prepare(
      `UPDATE _prisma_migrations SET rolled_back_at = ?
       WHERE migration_name = ? AND finished_at IS NULL AND rolled_back_at IS NULL`,
    )
    .run([BigInt(Date.now()), name]);
}
