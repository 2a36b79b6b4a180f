import { Worker } from 'node:worker_threads';
import { SQLITE_IOERR } from './sqlite-codes.js';
import type { SqlValue, StatementResult, ThreadCall, ThreadData, ThreadReply } from './sqlite-thread.js';

/** What a call into the thread may ask; the id is the connection's business. */
type Request = ThreadCall extends infer Call ? (Call extends unknown ? Omit<Call, 'id'> : never) : never;

interface Pending {
  resolve: (result: StatementResult | undefined) => void;
  reject: (error: Error) => void;
}

/** The shape by which the Prisma adapter knows an error as the driver's. */
class SqliteDriverError extends Error {
  override readonly name = 'SqliteDriverError';
  readonly code: string;
  readonly rawCode: number | undefined;

  constructor(message: string, code: string, rawCode: number | undefined) {
    super(message);
    this.code = code;
    this.rawCode = rawCode;
  }
}

/**
 * A close that takes longer than this waits for a disk that does not answer, and is given up. Never
 * terminate() instead: ended within a native call, the driver panics and takes the process with it.
 */
const CLOSE_TIMEOUT_MS = 2_000;

/**
 * One SQLite connection in a thread of its own. A thread that ends unasked fails the calls it had
 * and is started again by the next one. An idle thread does not keep the process alive.
 */
export class ThreadConnection {
  readonly #data: ThreadData;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #opening: Promise<unknown> | undefined;
  #closed = false;
  #lastId = 0;

  constructor(data: ThreadData) {
    this.#data = data;
  }

  /** Starts loading the thread; `open` and every call do so too. */
  start(): Worker {
    if (this.#closed) throw new SqliteDriverError('the database is closed', 'SQLITE_IOERR', SQLITE_IOERR);
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL('./sqlite-thread.js', import.meta.url), {
      name: `sqlite ${this.#data.role}`,
      workerData: this.#data,
      execArgv: [],
    });
    worker.on('message', (reply: ThreadReply) => this.#settle(worker, reply));
    worker.on('error', (error) => this.#lose(worker, error));
    worker.on('exit', () => this.#lose(worker, undefined));
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  /** Opens the file once; an attempt that failed (busy, say) is made again by the next call. */
  open(): Promise<unknown> {
    if (!this.#opening) {
      const opening = this.#call({ kind: 'open' });
      this.#opening = opening;
      opening.catch(() => {
        if (this.#opening === opening) this.#opening = undefined;
      });
    }
    return this.#opening;
  }

  async statement(sql: string, args: SqlValue[], within: boolean): Promise<StatementResult> {
    await this.open();
    const result = await this.#call({ kind: 'statement', sql, args, within });
    return result as StatementResult;
  }

  async script(sql: string): Promise<void> {
    await this.open();
    await this.#call({ kind: 'script', sql });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    const worker = this.#worker;
    if (worker) {
      const exited = new Promise((resolve) => worker.once('exit', resolve));
      this.#call({ kind: 'close' }).catch(() => undefined);
      this.#closed = true;
      worker.ref();
      let timer: NodeJS.Timeout | undefined;
      const givenUp = new Promise((resolve) => {
        timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
      });
      await Promise.race([exited, givenUp]);
      worker.unref();
      clearTimeout(timer);
    }
    this.#closed = true;
  }

  #call(request: Request): Promise<StatementResult | undefined> {
    return new Promise((resolve, reject) => {
      const worker = this.start();
      const id = ++this.#lastId;
      worker.postMessage({ ...request, id });
      this.#pending.set(id, { resolve, reject });
      worker.ref();
    });
  }

  #settle(worker: Worker, reply: ThreadReply): void {
    const pending = this.#pending.get(reply.id);
    if (!pending) return;
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0 && !this.#closed) worker.unref();
    if (reply.ok) pending.resolve(reply.result);
    else if (reply.code === undefined) pending.reject(new Error(reply.message));
    else pending.reject(new SqliteDriverError(reply.message, reply.code, reply.rawCode));
  }

  #lose(worker: Worker, cause: Error | undefined): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#opening = undefined;
    const error = new SqliteDriverError('the database thread ended', 'SQLITE_IOERR', SQLITE_IOERR);
    error.cause = cause;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
