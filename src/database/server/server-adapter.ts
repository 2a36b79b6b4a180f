/**
 * What Prisma talks to on PostgreSQL and MySQL: each statement on a connection of the pool, within the
 * request's database time. Beyond it the answer is 503; it says "busy" only where nothing was changed.
 */
import { metered } from '../../metering/request-meter.js';
import { databaseDeadlineMs, orLate } from '../deadline.js';
import { busyProblem, CarriedProblem, unsettledProblem } from '../problems.js';
import { repeating } from '../repeating.js';
import {
  type IsolationLevel,
  isRead,
  type RowSource,
  type SqlAdapter,
  type SqlQuery,
  type SqlResult,
} from '../sql-adapter.js';
import type { ConnectionPool, Lease } from './connection-pool.js';
import { explainFailure, type StatementKind } from './explain-failure.js';
import type { ServerConnection, ServerEngine } from './server-connection.js';
import { ServerTransaction } from './server-transaction.js';
import { endsSession, serverTrouble } from './server-trouble.js';

export class ServerAdapter implements SqlAdapter, RowSource {
  readonly provider: ServerEngine['provider'];
  readonly adapterName: ServerEngine['adapterName'];
  readonly #engine: ServerEngine;
  readonly #pool: ConnectionPool;
  readonly #timeoutMs: number;

  constructor(engine: ServerEngine, pool: ConnectionPool, timeoutMs: number) {
    this.provider = engine.provider;
    this.adapterName = engine.adapterName;
    this.#engine = engine;
    this.#pool = pool;
    this.#timeoutMs = timeoutMs;
  }

  queryRaw(query: SqlQuery): Promise<SqlResult> {
    return this.#statement(kindOf(query), (connection) => connection.queryRaw(query));
  }

  rows(query: SqlQuery): Promise<unknown[][]> {
    return this.#statement(kindOf(query), (connection) => connection.rows(query));
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.#statement('autocommit', (connection) => connection.executeRaw(query));
  }

  executeScript(): Promise<void> {
    // Prisma's own migrations alone would ask for it, and they run elsewhere.
    return Promise.reject(new Error('scripts are run by the migrations'));
  }

  /** The isolation is always the engine's READ COMMITTED: what must not change meanwhile is locked. */
  startTransaction(_isolationLevel?: IsolationLevel): Promise<ServerTransaction> {
    const deadlineMs = databaseDeadlineMs(this.#timeoutMs);
    return metered('db', () =>
      repeating(deadlineMs, () =>
        this.#onLease(deadlineMs, 'within', async (lease) => {
          await orLate(lease.connection.command(this.#engine.begin), deadlineMs, busyProblem);
          return new ServerTransaction(this.#engine, lease, deadlineMs);
        }),
      ),
    );
  }

  dispose(): Promise<void> {
    return this.#pool.close();
  }

  #statement<T>(kind: StatementKind, run: (connection: ServerConnection) => Promise<T>): Promise<T> {
    const deadlineMs = databaseDeadlineMs(this.#timeoutMs);
    const late = kind === 'read' ? busyProblem : unsettledProblem;
    return metered('db', () =>
      repeating(deadlineMs, () =>
        this.#onLease(deadlineMs, kind, async (lease) => {
          const result = await orLate(run(lease.connection), deadlineMs, late);
          lease.release();
          return result;
        }),
      ),
    );
  }

  /** `work` ends the lease where it succeeds. A statement that was given up, or never said how it ended, takes its connection along. */
  async #onLease<T>(deadlineMs: number, kind: StatementKind, work: (lease: Lease) => Promise<T>): Promise<T> {
    const lease = await this.#pool.lease(deadlineMs);
    try {
      return await work(lease);
    } catch (error) {
      // The server's own word (a rule broken, a deadlock) leaves the session as good as before.
      if (serverTrouble(error) === 'stale') lease.discardAll();
      else if (error instanceof CarriedProblem || endsSession(error)) lease.discard();
      else lease.release();
      throw explainFailure(error, kind, lease.connection);
    }
  }
}

const kindOf = ({ sql }: SqlQuery): StatementKind => (isRead(sql) ? 'read' : 'autocommit');
