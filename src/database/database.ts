/**
 * The database, opened by its URL. Waits are bounded by `timeoutMs` a request and never hold the
 * event loop; writers in this process are served in order; a transaction sees nobody else's
 * writes until it ends. What goes wrong becomes a Problem through `databaseProblem`.
 */

import { parseDatabaseUrl } from '../database-url.js';
import { type Prisma, PrismaClient } from './generated/sqlite/client.js';
import { migrationNames, migrationsFolder } from './migrations/migration-folder.js';
import { retryWhileBusy } from './sqlite/retry-while-busy.js';
import { SqliteAdapter } from './sqlite/sqlite-adapter.js';
import { createPrivateFile } from './sqlite/sqlite-file.js';
import { ThreadConnection } from './sqlite/thread-connection.js';

export type DatabaseClient = PrismaClient;
export type TransactionClient = Prisma.TransactionClient;

/** Prisma has deadlines of its own; they only catch what ours, which roll back and answer 503, have missed. */
const PRISMA_GRACE_MS = 10_000;

export interface DatabaseOptions {
  /** `file:/path/to/file.db` */
  url: string;
  /** Milliseconds a request may wait for the database in all. */
  timeoutMs: number;
}

export class Database {
  readonly client: DatabaseClient;
  readonly #close: () => Promise<void>;
  /** Of this build; read once, since readiness is asked every few seconds. */
  #migrations: string[] | undefined;

  private constructor(client: DatabaseClient, close: () => Promise<void>) {
    this.client = client;
    this.#close = close;
  }

  /** Opens (and where it is missing, creates) the database. Here alone the URL decides about the engine. */
  static open(options: DatabaseOptions): Promise<Database> {
    const url = parseDatabaseUrl(options.url);
    if (url.engine !== 'sqlite') throw new Error('not yet');
    return Database.#openSqlite(url.path, options.timeoutMs);
  }

  static async #openSqlite(path: string, timeoutMs: number): Promise<Database> {
    createPrivateFile(path);
    const writer = new ThreadConnection({ path, role: 'writer' });
    const reader = new ThreadConnection({ path, role: 'reader' });
    const close = async () => {
      await Promise.all([writer.close(), reader.close()]);
    };
    const limitMs = timeoutMs + PRISMA_GRACE_MS;
    const client = new PrismaClient({
      adapter: {
        provider: 'sqlite',
        adapterName: '@prisma/adapter-libsql',
        connect: () => SqliteAdapter.compose({ path, timeoutMs, reader, writer, close }),
      },
      transactionOptions: { maxWait: limitMs, timeout: limitMs },
      // Errors are thrown; whoever catches them logs them.
      log: [],
      errorFormat: 'minimal',
    });
    try {
      const deadlineMs = performance.now() + timeoutMs;
      reader.start();
      const connected = client.$connect();
      // The writer turns a new file to WAL, which the reader checks.
      await retryWhileBusy(deadlineMs, () => writer.open());
      await retryWhileBusy(deadlineMs, () => reader.open());
      await connected;
      return new Database(client, close);
    } catch (error) {
      await close();
      throw error;
    }
  }

  /**
   * All of `work` or none of it, alone among the writers: what it reads stays true until it commits.
   * Keep it short and free of other waits; it is rolled back when the request's database time is up.
   */
  transaction<T>(work: (tx: TransactionClient) => Promise<T>): Promise<T> {
    return this.client.$transaction(work);
  }

  /** Names of the migrations this build has and the database lacks, in order. */
  async pendingMigrations(): Promise<string[]> {
    this.#migrations ??= migrationNames(migrationsFolder('sqlite'));
    const names = this.#migrations;
    const [ledger] = await this.client.$queryRaw<unknown[]>`
      SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_prisma_migrations'`;
    if (!ledger) return names;
    const rows = await this.client.$queryRaw<{ migration_name: string }[]>`
      SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
    const applied = new Set(rows.map((row) => row.migration_name));
    return names.filter((name) => !applied.has(name));
  }

  /** Resolves when the database answers a read. */
  async ping(): Promise<void> {
    await this.client.$queryRaw`SELECT 1`;
  }

  /** Ends the threads; an open transaction is rolled back. Calls after it fail with DATABASE_UNAVAILABLE. */
  async close(): Promise<void> {
    await this.client.$disconnect();
    await this.#close();
  }
}
