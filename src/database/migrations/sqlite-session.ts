import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import Sqlite from 'libsql';
import type { SqliteUrl } from '../../database-url.js';
import { databaseProblem } from '../problems.js';
import { retryWhileBusy } from '../sqlite/retry-while-busy.js';
import { createPrivateFile } from '../sqlite/sqlite-file.js';
import { MigrationError } from './migration-error.js';
import type { Migration } from './migration-folder.js';
import { type LedgerRow, type MigrationSession, selectLedger } from './migration-session.js';

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

/** The write lock, which BEGIN IMMEDIATE takes, keeps other runners away; all is one transaction. */
export class SqliteSession implements MigrationSession {
  readonly #path: string;
  readonly #waitMs: number;
  #opened: Sqlite.Database | undefined;
  #hasScript = false;

  constructor(url: SqliteUrl, waitMs: number) {
    this.#path = url.path;
    this.#waitMs = waitMs;
  }

  get #database(): Sqlite.Database {
    this.#opened ??= new Sqlite(this.#path, { timeout: 0 });
    return this.#opened;
  }

  async readLedger(): Promise<LedgerRow[]> {
    if (!existsSync(this.#path)) return [];
    return this.#patiently(() => {
      const ledger = this.#database
        .prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_prisma_migrations'`)
        .all([]);
      if (ledger.length === 0) return [];
      return this.#database.prepare(selectLedger('_prisma_migrations')).all([]) as LedgerRow[];
    });
  }

  async begin(): Promise<void> {
    createPrivateFile(this.#path);
    await this.#patiently(() =>
      // Rebuilding a table drops it for a moment; foreign_key_check makes up for it before each commit.
      this.#database.exec(
        'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE',
      ),
    );
  }

  async createLedger(): Promise<void> {
    this.#database.exec(LEDGER_SQL);
  }

  async apply(migration: Migration, startedAt: Date): Promise<void> {
    // Ends with the transaction, so that its being there shows that the script has not ended it.
    this.#database.exec('SAVEPOINT script');
    this.#hasScript = true;
    this.#database.exec(migration.sql);
    const orphans = this.#database.prepare('PRAGMA foreign_key_check').raw(true).all([]) as [string][];
    if (orphans[0])
      throw new Error(`${orphans.length} rows break a foreign key, the first in table ${orphans[0][0]}`);
    this.#release();
    this.#setAsideFailures(migration);
    // Instants are milliseconds since 1970, as Prisma's engine writes them on SQLite.
    this.#database
      .prepare(
        `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
         VALUES (?, ?, ?, ?, ?, 1)`,
      )
      .run([
        randomUUID(),
        migration.checksum,
        migration.name,
        BigInt(startedAt.getTime()),
        BigInt(Date.now()),
      ]);
  }

  async recordFailed(migration: Migration, startedAt: Date, logs: string): Promise<void> {
    this.#setAsideFailures(migration);
    this.#database
      .prepare(
        'INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, logs) VALUES (?, ?, ?, ?, ?)',
      )
      .run([randomUUID(), migration.checksum, migration.name, BigInt(startedAt.getTime()), logs]);
  }

  async commit(): Promise<void> {
    await this.#patiently(() => this.#database.exec('COMMIT'));
  }

  async rollback(): Promise<boolean> {
    try {
      if (this.#hasScript) this.#database.exec('ROLLBACK TO script');
      return true;
    } catch {
      return false;
    } finally {
      this.#hasScript = false;
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
    }
  }

  async close(): Promise<void> {
    this.#opened?.close();
  }

  #release(): void {
    try {
      this.#database.exec('RELEASE script');
    } catch (error) {
      throw new Error('a migration must not COMMIT or ROLLBACK', { cause: error });
    }
    this.#hasScript = false;
  }

  #setAsideFailures({ name }: Migration): void {
    this.#database
      .prepare(
        `UPDATE _prisma_migrations SET rolled_back_at = ?
         WHERE migration_name = ? AND finished_at IS NULL AND rolled_back_at IS NULL`,
      )
      .run([BigInt(Date.now()), name]);
  }

  /** Runs `attempt` again while another process has the lock, with pauses that leave the loop free. */
  async #patiently<T>(attempt: () => T): Promise<T> {
    try {
      return await retryWhileBusy(performance.now() + this.#waitMs, async () => attempt());
    } catch (error) {
      if (databaseProblem(error)?.code !== 'DATABASE_BUSY') throw error;
      throw new MigrationError(
        `Another process has had the database locked for ${this.#waitMs} ms: run again.`,
        { cause: error },
      );
    }
  }
}
