/**
 * What Prisma talks to: reads outside a transaction go to the reader thread, all else takes its turn
 * at the writer thread. A transaction begins IMMEDIATE and so has the write lock from its first
 * moment: whatever it reads stays true until it commits. Every wait counts against the request's
 * database time; beyond it the answer is DATABASE_BUSY and nothing has been, or will be, applied.
 */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PrismaLibSql } from '@prisma/adapter-libsql';
import { metered } from '../../metering/request-meter.js';
import { databaseDeadlineMs, orLate } from '../deadline.js';
import { busyProblem, CarriedProblem, storageFullProblem, unsettledProblem } from '../problems.js';
import {
  type IsolationLevel,
  isRead,
  type RowSource,
  type SqlAdapter,
  type SqlQuery,
} from '../sql-adapter.js';
import { Turns } from '../turns.js';
import { retryWhileBusy } from './retry-while-busy.js';
import { sqliteCode, writeErrorCodes } from './sqlite-codes.js';
import { sqliteProblem } from './sqlite-problem.js';
import type { SqlValue } from './sqlite-thread.js';
import { SqliteTransaction, statement } from './sqlite-transaction.js';
import type { ThreadConnection } from './thread-connection.js';

type LibsqlClient = ReturnType<PrismaLibSql['createClient']>;

/** How long after its deadline a write that SQLite is already at may still end; then nobody knows how it ended. */
const UNSETTLED_MS = 10_000;
/** Less free than this on the disk, and a failed write failed for want of room. */
const FULL_DISK_BYTES = 1024 * 1024;

/** Prisma's own adapter, for its conversions of values and errors, over a thread instead of a file. */
class ThreadLibSql extends PrismaLibSql {
  readonly #connection: ThreadConnection;
  readonly #within: boolean;

  constructor(connection: ThreadConnection, within: boolean) {
    super({ url: 'file:unused' });
    this.#connection = connection;
    this.#within = within;
  }

  override createClient(): LibsqlClient {
    const client = {
      execute: ({ sql, args }: { sql: string; args: SqlValue[] }) =>
        this.#connection.statement(sql, args, this.#within),
      executeMultiple: (script: string) => this.#connection.script(script),
    };
    // The adapter uses no more of it than this: transactions are ours.
    return client as unknown as LibsqlClient;
  }
}

export class SqliteAdapter implements SqlAdapter, RowSource {
  readonly provider = 'sqlite';
  readonly adapterName = '@prisma/adapter-libsql';
  readonly #path: string;
  readonly #timeoutMs: number;
  readonly #reader: SqlAdapter;
  readonly #writer: SqlAdapter;
  readonly #writerWithin: SqlAdapter;
  readonly #readTurns = new Turns();
  readonly #writeTurns = new Turns();
  readonly #close: () => Promise<void>;

  private constructor(
    options: SqliteAdapterOptions,
    [reader, writer, writerWithin]: [SqlAdapter, SqlAdapter, SqlAdapter],
  ) {
    this.#path = options.path;
    this.#timeoutMs = options.timeoutMs;
    this.#close = options.close;
    this.#reader = reader;
    this.#writer = writer;
    this.#writerWithin = writerWithin;
  }

  static async compose(options: SqliteAdapterOptions): Promise<SqliteAdapter> {
    return new SqliteAdapter(
      options,
      await Promise.all([
        new ThreadLibSql(options.reader, false).connect(),
        new ThreadLibSql(options.writer, false).connect(),
        new ThreadLibSql(options.writer, true).connect(),
      ]),
    );
  }

  queryRaw(query: SqlQuery): ReturnType<SqlAdapter['queryRaw']> {
    return isRead(query.sql)
      ? this.#read(() => this.#reader.queryRaw(query))
      : this.#write(() => this.#writer.queryRaw(query));
  }

  async rows(query: SqlQuery): Promise<unknown[][]> {
    return (await this.queryRaw(query)).rows;
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.#write(() => this.#writer.executeRaw(query));
  }

  executeScript(script: string): Promise<void> {
    return this.#write(() => this.#writer.executeScript(script));
  }

  startTransaction(_isolationLevel?: IsolationLevel): ReturnType<SqlAdapter['startTransaction']> {
    return metered('db', async () => {
      const deadlineMs = databaseDeadlineMs(this.#timeoutMs);
      const endTurn = await this.#writeTurns.take(deadlineMs);
      const begun = this.#explained(
        retryWhileBusy(deadlineMs, () => this.#writer.executeRaw(statement('BEGIN IMMEDIATE'))),
      );
      begun.catch(endTurn);
      await begun;
      return new SqliteTransaction({
        adapter: this.#writerWithin,
        deadlineMs,
        unsettledMs: UNSETTLED_MS,
        explain: (work) => this.#explained(work),
        endTurn,
      });
    });
  }

  dispose(): Promise<void> {
    return this.#close();
  }

  /** A read may be given up while the thread is still at it: the turn ends with the thread's answer. */
  #read<T>(work: () => Promise<T>): Promise<T> {
    return metered('db', async () => {
      const deadlineMs = databaseDeadlineMs(this.#timeoutMs);
      const endTurn = await this.#readTurns.take(deadlineMs);
      const reading = this.#explained(retryWhileBusy(deadlineMs, work));
      reading.then(endTurn, endTurn);
      return orLate(reading, deadlineMs, busyProblem);
    });
  }

  /** Once SQLite is at it, a write is waited for: "busy" must mean that it was not applied. */
  #write<T>(work: () => Promise<T>): Promise<T> {
    return metered('db', async () => {
      const deadlineMs = databaseDeadlineMs(this.#timeoutMs);
      const endTurn = await this.#writeTurns.take(deadlineMs);
      const writing = this.#explained(retryWhileBusy(deadlineMs, work));
      writing.then(endTurn, endTurn);
      return orLate(writing, deadlineMs + UNSETTLED_MS, unsettledProblem);
    });
  }

  /** A full disk shows as "disk I/O error" where the file system says so only at the sync. */
  async #explained<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (writeErrorCodes.includes(sqliteCode(error) ?? 0)) {
        const disk = await statfs(dirname(this.#path)).catch(() => undefined);
        if (disk && disk.bavail * disk.bsize < FULL_DISK_BYTES)
          throw new CarriedProblem(storageFullProblem(error));
      }
      const problem = sqliteProblem(error);
      throw problem ? new CarriedProblem(problem) : error;
    }
  }
}

interface SqliteAdapterOptions {
  path: string;
  timeoutMs: number;
  reader: ThreadConnection;
  writer: ThreadConnection;
  close: () => Promise<void>;
}
