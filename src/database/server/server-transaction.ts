import { metered } from '../../metering/request-meter.js';
import { orLate } from '../deadline.js';
import { busyProblem, CarriedProblem, unsettledProblem } from '../problems.js';
import type { SqlQuery, SqlResult, SqlTransaction } from '../sql-adapter.js';
import type { Lease } from './connection-pool.js';
import { explainFailure, type StatementKind } from './explain-failure.js';
import type { ServerEngine } from './server-connection.js';
import { endsSession } from './server-trouble.js';

/** A server that is there rolls back in no time; one that is not needs no ROLLBACK. */
const ROLLBACK_MS = 1_000;

/**
 * Holds its connection until it ends, and ends by itself at its deadline: a caller that has vanished, or
 * that thinks for too long, is rolled back and what it had locked is free.
 */
export class ServerTransaction implements SqlTransaction {
  readonly provider: ServerEngine['provider'];
  readonly adapterName: string;
  /** BEGIN, COMMIT and ROLLBACK are this class's, not statements of Prisma's. */
  readonly options = { usePhantomQuery: true };
  readonly #lease: Lease;
  readonly #deadlineMs: number;
  readonly #timer: NodeJS.Timeout;
  #isOver = false;
  #isSessionGood = true;
  #running = 0;

  constructor(engine: ServerEngine, lease: Lease, deadlineMs: number) {
    this.provider = engine.provider;
    this.adapterName = engine.adapterName;
    this.#lease = lease;
    this.#deadlineMs = deadlineMs;
    this.#timer = setTimeout(() => void this.#abandon(), Math.max(0, deadlineMs - performance.now()));
  }

  queryRaw(query: SqlQuery): Promise<SqlResult> {
    return this.#run(() => this.#lease.connection.queryRaw(query));
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.#run(() => this.#lease.connection.executeRaw(query));
  }

  async commit(): Promise<void> {
    this.#refuseIfOver();
    this.#end();
    try {
      await this.#attempt('commit', () => this.#lease.connection.command('COMMIT'));
    } catch (error) {
      // Whatever it is that the server says of a COMMIT, the session is not worth finding out about.
      this.#lease.discard();
      throw error;
    }
    this.#lease.release();
  }

  async rollback(): Promise<void> {
    if (!this.#isOver) await metered('db', () => this.#abandon());
  }

  async createSavepoint(name: string): Promise<void> {
    await this.#command(`SAVEPOINT ${name}`);
  }

  async rollbackToSavepoint(name: string): Promise<void> {
    await this.#command(`ROLLBACK TO SAVEPOINT ${name}`);
  }

  async releaseSavepoint(name: string): Promise<void> {
    await this.#command(`RELEASE SAVEPOINT ${name}`);
  }

  #command(sql: string): Promise<unknown> {
    return this.#run(() => this.#lease.connection.command(sql));
  }

  /** A statement before the COMMIT: lost with its connection, or cut at the deadline, it has changed nothing. */
  async #run<T>(work: () => Promise<T>): Promise<T> {
    this.#refuseIfOver();
    this.#running++;
    try {
      return await this.#attempt('within', work);
    } catch (error) {
      throw this.#isOver ? new CarriedProblem(busyProblem(error)) : error;
    } finally {
      this.#running--;
    }
  }

  #attempt<T>(kind: StatementKind, work: () => Promise<T>): Promise<T> {
    return metered('db', async () => {
      try {
        const late = kind === 'commit' ? unsettledProblem : busyProblem;
        return await orLate(work(), this.#deadlineMs, late);
      } catch (error) {
        // Given up at the deadline it is still at the statement, and a ROLLBACK would wait behind that.
        if (error instanceof CarriedProblem || endsSession(error)) this.#isSessionGood = false;
        throw explainFailure(error, kind, this.#lease.connection);
      }
    });
  }

  #refuseIfOver(): void {
    if (this.#isOver) throw new CarriedProblem(busyProblem());
  }

  #end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  /** Ends without a COMMIT; a connection that is still at a statement, or does not roll back, is cut. */
  async #abandon(): Promise<void> {
    this.#end();
    const { connection } = this.#lease;
    const isIdle = this.#running === 0 && this.#isSessionGood && !connection.isBroken;
    const isRolledBack =
      isIdle &&
      (await orLate(connection.command('ROLLBACK'), performance.now() + ROLLBACK_MS, busyProblem).then(
        () => true,
        () => false,
      ));
    if (isRolledBack) this.#lease.release();
    else this.#lease.discard();
  }
}
