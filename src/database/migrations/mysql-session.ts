import { randomUUID } from 'node:crypto';
import type { Connection } from 'mariadb';
import type { ServerUrl } from '../../database-url.js';
import { openConnection } from '../mysql/open-connection.js';
import { connectFailure } from './connect-failure.js';
import { MigrationError } from './migration-error.js';
import type { Migration } from './migration-folder.js';
import { type LedgerRow, type MigrationSession, selectLedger } from './migration-session.js';

const LEDGER_SQL = `
CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             DATETIME(3),
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          DATETIME(3),
    started_at              DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    applied_steps_count     INTEGER UNSIGNED NOT NULL DEFAULT 0
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`;

/**
 * DDL commits by itself here: a migration's row is there before its script runs, and is finished after it.
 * One that is not finished, for whatever reason, may have left something. The lock is a name of the whole
 * server, Prisma's own, and ends with the connection.
 */
export class MysqlSession implements MigrationSession {
  readonly #connection: Connection;
  readonly #waitMs: number;
  #rowId: string | undefined;

  private constructor(connection: Connection, waitMs: number) {
    this.#connection = connection;
    this.#waitMs = waitMs;
  }

  static async open(url: ServerUrl, connectTimeoutMs: number, waitMs: number): Promise<MysqlSession> {
    try {
      const { connection } = await openConnection(url, {
        connectTimeoutMs,
        driver: { multipleStatements: true },
      });
      return new MysqlSession(connection, waitMs);
    } catch (error) {
      throw new MigrationError(connectFailure(url, error), { cause: error });
    }
  }

  async readLedger(): Promise<LedgerRow[]> {
    const ledger = await this.#connection.query(
      `SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '_prisma_migrations'`,
    );
    return ledger.length === 0 ? [] : this.#connection.query(selectLedger('_prisma_migrations'));
  }

  /** The wait also bounds the script's locks on tables, for which the server would wait a day. */
  async begin(): Promise<void> {
    const waitS = Math.ceil(this.#waitMs / 1000);
    await this.#connection.query(`SET SESSION lock_wait_timeout = ${Math.max(1, waitS)}`);
    const [{ isMine }] = await this.#connection.query(`SELECT GET_LOCK('prisma_migrate', ?) AS isMine`, [
      waitS,
    ]);
    if (Number(isMine) !== 1)
      throw new MigrationError(`Another process has had the database locked for ${waitS} s: run again.`);
  }

  async createLedger(): Promise<void> {
    await this.#connection.query(LEDGER_SQL);
  }

  async apply(migration: Migration): Promise<void> {
    const id = randomUUID();
    await this.#connection.query(
      'INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES (?, ?, ?)',
      [id, migration.checksum, migration.name],
    );
    this.#rowId = id;
    await this.#connection.query(migration.sql);
    await this.#connection.query(
      'UPDATE _prisma_migrations SET applied_steps_count = 1, finished_at = CURRENT_TIMESTAMP(3) WHERE id = ?',
      [id],
    );
    this.#rowId = undefined;
  }

  async recordFailed(_migration: Migration, _startedAt: Date, logs: string): Promise<void> {
    await this.#connection.query('UPDATE _prisma_migrations SET logs = ? WHERE id = ?', [logs, this.#rowId]);
  }

  async commit(): Promise<void> {
    await this.#connection.query(`DO RELEASE_LOCK('prisma_migrate')`);
  }

  async rollback(): Promise<boolean> {
    return this.#rowId === undefined;
  }

  async close(): Promise<void> {
    await this.#connection.end();
  }
}
