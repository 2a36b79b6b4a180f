import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import type { ServerUrl } from '../../database-url.js';
import { clientConfig } from '../postgresql/client-config.js';
import { openClient } from '../postgresql/open-client.js';
import { connectFailure } from './connect-failure.js';
import { MigrationError } from './migration-error.js';
import type { Migration } from './migration-folder.js';
import { type LedgerRow, type MigrationSession, selectLedger } from './migration-session.js';

const LEDGER_SQL = `
CREATE TABLE _prisma_migrations (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             TIMESTAMPTZ,
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          TIMESTAMPTZ,
    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count     INTEGER NOT NULL DEFAULT 0
)`;

/** SQLSTATE lock_not_available. */
const LOCK_TIMEOUT = '55P03';
/** No such savepoint; no transaction. */
const ENDED_CODES = ['3B001', '25P01'];

/**
 * All is one transaction, DDL included. Prisma's engine holds its advisory lock for a session; ours is
 * the same key held for the transaction: each keeps the other out, it cannot outlive the work, and it
 * works behind a transaction pooler, where a session's lock would stay with a connection nobody owns.
 */
export class PostgresqlSession implements MigrationSession {
  readonly #client: Client;
  readonly #waitMs: number;
  #hasScript = false;

  private constructor(client: Client, waitMs: number) {
    this.#client = client;
    this.#waitMs = waitMs;
  }

  static async open(url: ServerUrl, connectTimeoutMs: number, waitMs: number): Promise<PostgresqlSession> {
    try {
      const { client } = await openClient(clientConfig(url, connectTimeoutMs));
      return new PostgresqlSession(client, waitMs);
    } catch (error) {
      throw new MigrationError(connectFailure(url, error), { cause: error });
    }
  }

  async readLedger(): Promise<LedgerRow[]> {
    const { rows } = await this.#client.query(
      `SELECT to_regclass('public._prisma_migrations') IS NOT NULL AS "isThere"`,
    );
    if (!rows[0].isThere) return [];
    return (await this.#client.query<LedgerRow>(selectLedger('public._prisma_migrations'))).rows;
  }

  /**
   * READ COMMITTED, so that what is read under the lock is what its last holder left, whatever the role's
   * default. The wait also bounds the script's locks on tables: all who use a table queue behind such a wait.
   */
  async begin(): Promise<void> {
    try {
      await this.#client.query(`BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
        SET LOCAL lock_timeout = ${Math.max(1, Math.ceil(this.#waitMs))}; SET LOCAL statement_timeout = 0;
        SET LOCAL search_path = public;
        SELECT pg_advisory_xact_lock(72707369)`);
    } catch (error) {
      if ((error as { code?: string }).code !== LOCK_TIMEOUT) throw error;
      throw new MigrationError(
        `Another process has had the database locked for ${this.#waitMs} ms: run again.`,
        { cause: error },
      );
    }
  }

  async createLedger(): Promise<void> {
    const { rows } = await this.#client.query(
      `SELECT to_regclass('public._prisma_migrations') IS NULL AS "isMissing"`,
    );
    if (rows[0].isMissing) await this.#client.query(LEDGER_SQL);
  }

  async apply(migration: Migration, startedAt: Date): Promise<void> {
    await this.#setAsideFailures(migration);
    const id = randomUUID();
    await this.#client.query(
      'INSERT INTO public._prisma_migrations (id, checksum, migration_name, started_at) VALUES ($1, $2, $3, $4)',
      [id, migration.checksum, migration.name, startedAt],
    );
    // Ends with the transaction, so that its being there shows that the script has not ended it.
    await this.#client.query('SAVEPOINT script');
    this.#hasScript = true;
    await this.#client.query(migration.sql);
    await this.#client.query('RELEASE SAVEPOINT script').catch((error: { code?: string }) => {
      throw ENDED_CODES.includes(error.code ?? '')
        ? new Error('a migration must not COMMIT or ROLLBACK', { cause: error })
        : error;
    });
    this.#hasScript = false;
    await this.#client.query(
      'UPDATE public._prisma_migrations SET applied_steps_count = 1, finished_at = clock_timestamp() WHERE id = $1',
      [id],
    );
  }

  async recordFailed(migration: Migration, startedAt: Date, logs: string): Promise<void> {
    await this.#setAsideFailures(migration);
    await this.#client.query(
      'INSERT INTO public._prisma_migrations (id, checksum, migration_name, started_at, logs) VALUES ($1, $2, $3, $4, $5)',
      [randomUUID(), migration.checksum, migration.name, startedAt, logs],
    );
  }

  async commit(): Promise<void> {
    await this.#client.query('COMMIT');
  }

  async rollback(): Promise<boolean> {
    const hasScript = this.#hasScript;
    this.#hasScript = false;
    let isWhole = true;
    if (hasScript)
      await this.#client.query('ROLLBACK TO SAVEPOINT script').catch((error: { code?: string }) => {
        // Without a code it is no word of the server's: the connection is gone, and the transaction with it.
        isWhole = error.code === undefined;
      });
    await this.#client.query('ROLLBACK').catch(() => undefined);
    return isWhole;
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  async #setAsideFailures({ name }: Migration): Promise<void> {
    await this.#client.query(
      `UPDATE public._prisma_migrations SET rolled_back_at = now()
       WHERE migration_name = $1 AND finished_at IS NULL AND rolled_back_at IS NULL`,
      [name],
    );
  }
}
