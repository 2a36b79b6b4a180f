import { metered } from '../../metering/request-meter.js';
import { orLate } from '../deadline.js';
import { busyProblem, CarriedProblem, unsettledProblem } from '../problems.js';
import type { SqlAdapter, SqlQuery, SqlTransaction } from '../sql-adapter.js';
import { retryWhileBusy } from './retry-while-busy.js';

interface TransactionOptions {
  /** Runs statements inside the transaction that the writer thread has open, and only there. */
  adapter: SqlAdapter;
  deadlineMs: number;
  /** How long after the deadline a COMMIT that SQLite is already at may still end. */
  unsettledMs: number;
  explain: <T>(work: Promise<T>) => Promise<T>;
  endTurn: () => void;
}

/**
 * Holds the writer until it ends, and ends by itself at its deadline: a caller that has vanished,
 * or that thinks for too long, is rolled back and the next writer is served.
 */
export class SqliteTransaction implements SqlTransaction {
  readonly provider = 'sqlite';
  readonly adapterName = '@prisma/adapter-libsql';
  /** BEGIN, COMMIT and ROLLBACK are this class's, not statements of Prisma's. */
  readonly options = { usePhantomQuery: true };
  readonly #own: TransactionOptions;
  readonly #timer: NodeJS.Timeout;
  #isOver = false;

  constructor(options: TransactionOptions) {
    this.#own = options;
    this.#timer = setTimeout(() => void this.#abandon(), Math.max(0, options.deadlineMs - performance.now()));
  }

  queryRaw(query: SqlQuery): ReturnType<SqlAdapter['queryRaw']> {
    return this.#run(() => this.#own.adapter.queryRaw(query));
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.#run(() => this.#own.adapter.executeRaw(query));
  }

  commit(): Promise<void> {
    return metered('db', async () => {
      if (this.#isOver) throw new CarriedProblem(busyProblem());
      this.#isOver = true;
      clearTimeout(this.#timer);
      const { adapter, deadlineMs, unsettledMs, explain } = this.#own;
      const committing = explain(retryWhileBusy(deadlineMs, () => adapter.executeRaw(statement('COMMIT'))));
      const ended = committing.then(this.#own.endTurn, async (error) => {
        await this.#rollBack();
        throw error;
      });
      await orLate(ended, deadlineMs + unsettledMs, unsettledProblem);
    });
  }

  async rollback(): Promise<void> {
    if (!this.#isOver) await metered('db', () => this.#abandon());
  }

  async createSavepoint(name: string): Promise<void> {
    await this.executeRaw(statement(`SAVEPOINT ${name}`));
  }

  async rollbackToSavepoint(name: string): Promise<void> {
    await this.executeRaw(statement(`ROLLBACK TO ${name}`));
  }

  async releaseSavepoint(name: string): Promise<void> {
    await this.executeRaw(statement(`RELEASE SAVEPOINT ${name}`));
  }

  #run<T>(work: () => Promise<T>): Promise<T> {
    const { deadlineMs, explain } = this.#own;
    const attempt = () => {
      if (this.#isOver) throw new CarriedProblem(busyProblem());
      return work();
    };
    return metered('db', () =>
      orLate(explain(retryWhileBusy(deadlineMs, async () => attempt())), deadlineMs, busyProblem),
    );
  }

  async #abandon(): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    await this.#rollBack();
  }

  /** Waits behind a statement that is still running. Fails only where there is nothing left to roll back. */
  async #rollBack(): Promise<void> {
    await this.#own.adapter.executeRaw(statement('ROLLBACK')).catch(() => undefined);
    this.#own.endTurn();
  }
}

export function statement(sql: string): SqlQuery {
  return { sql, args: [], argTypes: [] };
}
