import type { Migration } from './migration-folder.js';

/** How the log of a failure begins that left nothing behind; a failure without it needs a person. */
export const ROLLED_BACK = 'Rolled back: mend the SQL and run again.';

export interface LedgerRow {
  name: string;
  checksum: string;
  logs: string | null;
  /** A failed row is neither; one that was tried again after a failure is rolled back. */
  state: 'applied' | 'failed' | 'rolled back';
}

/** The runner's connection to one database, in its engine's way. */
export interface MigrationSession {
  /** All rows, oldest first; none where there is no ledger yet. Changes nothing. */
  readLedger(): Promise<LedgerRow[]>;
  /** Waits until no other runner works, and opens a transaction where the engine's DDL takes part in one. */
  begin(): Promise<void>;
  /** Prisma's own table, word for word, where it is missing. */
  createLedger(): Promise<void>;
  /** Runs the script and records it. */
  apply(migration: Migration, startedAt: Date): Promise<void>;
  recordFailed(migration: Migration, startedAt: Date, logs: string): Promise<void>;
  /** Keeps what was done since `begin` and lets the next runner work. */
  commit(): Promise<void>;
  /** After an error: takes back what was done since `begin`. False where some of it may stay. Never throws. */
  rollback(): Promise<boolean>;
  close(): Promise<void>;
}

/** Rows as LedgerRow has them, on each engine. */
export const selectLedger = (table: string) => `
  SELECT migration_name AS name, checksum, logs, CASE WHEN rolled_back_at IS NOT NULL THEN 'rolled back'
    WHEN finished_at IS NULL THEN 'failed' ELSE 'applied' END AS state
  FROM ${table} ORDER BY started_at, migration_name`;

/** What an operator runs once the leavings of a failed migration are undone; on each engine. */
export const setAsideSql = (name: string) =>
  `UPDATE _prisma_migrations SET rolled_back_at = CURRENT_TIMESTAMP WHERE migration_name = '${name.replaceAll("'", "''")}' AND finished_at IS NULL`;
