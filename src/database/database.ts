/**
 * The database, opened by its URL. Waits are bounded by `timeoutMs` a request and never hold the
 * event loop. What goes wrong becomes a Problem through `databaseProblem`.
 */
import type { Sql } from '@prisma/client/runtime/client';
import { type Engine, parseDatabaseUrl } from '../database-url.js';
import type { Prisma, PrismaClient } from './generated/mysql/client.js';
import { migrationNames, migrationsFolder } from './migrations/migration-folder.js';
import { databaseProblem, unavailableProblem } from './problems.js';
import { type RowSource, toQuery } from './sql-adapter.js';
import { tableName } from './table-name.js';

/** The narrowest of the three generated clients stands for all: what it can say, each engine understands. */
export type DatabaseClient = PrismaClient;
export type TransactionClient = Prisma.TransactionClient;

export interface DatabaseOptions {
  /** As `parseDatabaseUrl` takes it. */
  url: string;
  /** Milliseconds a request may wait for the database in all. */
  timeoutMs: number;
  /** Connections to a server at the same time; SQLite has its two. */
  poolMax: number;
  /** Milliseconds that a connection to a server is kept which nobody uses. */
  idleMs: number;
}

/** What opening gives, by whichever engine. */
export interface OpenDatabase {
  client: DatabaseClient;
  /** What the client talks to. */
  adapter: RowSource;
  transaction<T>(work: (tx: TransactionClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export class Database {
  readonly engine: Engine;
  readonly client: DatabaseClient;
  readonly #open: OpenDatabase;
  /** Of this build; read once, since readiness is asked every few seconds. */
  #migrations: string[] | undefined;

  private constructor(engine: Engine, open: OpenDatabase) {
    this.engine = engine;
    this.client = open.client;
    this.#open = open;
  }

  /**
   * Here alone the URL decides about the engine, whose driver is loaded only now. An SQLite file is opened,
   * and made where it is missing; a server is not asked before the first statement, and may be down until then.
   */
  static async open(options: DatabaseOptions): Promise<Database> {
    const url = parseDatabaseUrl(options.url);
    switch (url.engine) {
      case 'sqlite': {
        const { openSqlite } = await import('./sqlite/open-sqlite.js');
        return new Database(url.engine, await openSqlite(url.path, options.timeoutMs));
      }
      case 'postgresql': {
        const { openPostgresql } = await import('./postgresql/open-postgresql.js');
        return new Database(url.engine, await openPostgresql(url, options));
      }
      case 'mysql': {
        const { openMysql } = await import('./mysql/open-mysql.js');
        return new Database(url.engine, await openMysql(url, options));
      }
    }
  }

  /**
   * Rows of one statement, asked past Prisma's client: for the few that a request's time goes to (decision 20).
   * @throws what the client throws, in the adapter's words: `isUniqueViolation` and `databaseProblem` know both
   */
  rows(statement: Sql): Promise<unknown[][]> {
    return this.#open.adapter.rows(toQuery(this.engine, statement));
  }

  /**
   * All of `work` or none of it. On SQLite it is alone among the writers; on a server each of its statements
   * sees what others have committed by then, and what must not change meanwhile has to be locked
   * (`holdClaim`). `work` may run again after a deadlock or a lost connection: keep it short, and free of
   * effects and waits elsewhere. It is rolled back when the request's database time is up.
   */
  transaction<T>(work: (tx: TransactionClient) => Promise<T>): Promise<T> {
    return this.#open.transaction(work);
  }

  /** Names of the migrations this build has and the database lacks, in order. */
  async pendingMigrations(): Promise<string[]> {
    this.#migrations ??= migrationNames(migrationsFolder(this.engine));
    const applied = await this.#appliedMigrations();
    return this.#migrations.filter((name) => !applied.has(name));
  }

  async #appliedMigrations(): Promise<Set<string>> {
    try {
      const rows = await this.client.$queryRaw<{ migration_name: string }[]>`
        SELECT migration_name FROM ${tableName(this.engine, '_prisma_migrations')} WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
      return new Set(rows.map((row) => row.migration_name));
    } catch (error) {
      // There is no ledger yet.
      if (databaseProblem(error)?.code === 'MIGRATIONS_PENDING') return new Set();
      throw error;
    }
  }

  /** Resolves when the database takes changes: a standby answers reads all the same. @throws what becomes DATABASE_UNAVAILABLE */
  async requireWritable(): Promise<void> {
    if (this.engine === 'sqlite') return;
    const [row] = await (this.engine === 'postgresql'
      ? this.client.$queryRaw<{ isReadOnly: unknown }[]>`
          SELECT current_setting('default_transaction_read_only') = 'on' OR pg_is_in_recovery() AS "isReadOnly"`
      : this.client.$queryRaw<{ isReadOnly: unknown }[]>`SELECT @@global.read_only AS "isReadOnly"`);
    if (Number(row?.isReadOnly) !== 0) throw unavailableProblem(new Error('the server is read-only'));
  }

  /** Resolves when the database answers a read. */
  async ping(): Promise<void> {
    await this.client.$queryRaw`SELECT 1`;
  }

  /** Lets go of threads and connections; an open transaction is rolled back. Calls after it fail with DATABASE_UNAVAILABLE. */
  async close(): Promise<void> {
    await this.client.$disconnect();
    await this.#open.close();
  }
}
