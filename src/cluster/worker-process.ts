/** A worker as the primary sees it. */
import cluster, { type Worker } from 'node:cluster';
import type { Environment } from '../config.js';
import type { ToPrimary, ToWorker } from './messages.js';

/** More than a retirement takes; who has not ended by then will not. */
const RETIREMENT_LIMIT_MS = 45_000;

export interface WorkerEnd {
  code: number | null;
  signal: string | null;
}

export class WorkerProcess {
  readonly #worker: Worker;
  /** Where it listens; undefined: it ended before. */
  readonly listening: Promise<number | undefined>;
  readonly ended: Promise<WorkerEnd>;
  listeningSinceMs: number | undefined;
  /** Its end was asked for. */
  isLeaving = false;
  /** Why it could not start, if it knew. */
  reason: string | undefined;

  /** @param env beside the primary's own; undefined takes a variable away. @param generation which settings it has */
  constructor(
    env: Environment,
    readonly generation: number,
    hear: (message: ToPrimary, from: WorkerProcess) => void,
  ) {
    this.#worker = cluster.fork(env);
    const disconnected = new Promise((resolve) => this.#worker.once('disconnect', resolve));
    this.ended = new Promise((resolve) => {
      // What it said last may be read after its exit, and before the channel is closed.
      this.#worker.once('exit', (code, signal) => void disconnected.then(() => resolve({ code, signal })));
      // A channel that breaks is a worker that ends, which is heard of. One that the system had no room for never began.
      this.#worker.on('error', ({ message }) => {
        if (this.pid !== undefined) return;
        this.reason ??= message;
        resolve({ code: null, signal: null });
      });
    });
    this.listening = new Promise((resolve) => {
      this.#worker.once('listening', ({ port }) => {
        this.listeningSinceMs = performance.now();
        resolve(port);
      });
      void this.ended.then(() => resolve(undefined));
    });
    this.#worker.on('message', (message: ToPrimary) => {
      if (message.kind === 'failed') this.reason = message.reason;
      hear(message, this);
    });
  }

  get id(): number {
    return this.#worker.id;
  }
  get pid(): number | undefined {
    return this.#worker.process.pid;
  }
  get serves(): boolean {
    return this.listeningSinceMs !== undefined && !this.isLeaving;
  }

  send(message: ToWorker): void {
    if (this.#worker.isConnected()) this.#worker.send(message, () => undefined);
  }

  /** Resolves when it has ended. */
  async retire(): Promise<void> {
    this.#leave('retire');
    const limit = setTimeout(() => this.kill(), RETIREMENT_LIMIT_MS);
    await this.ended;
    clearTimeout(limit);
  }

  async stop(): Promise<void> {
    this.#leave('stop');
    await this.ended;
  }

  #leave(kind: 'retire' | 'stop'): void {
    this.isLeaving = true;
    this.send({ kind });
    // Before it has ears a message is lost on it. A signal is not, and nothing is in flight yet.
    if (this.listeningSinceMs === undefined) this.#worker.process.kill('SIGTERM');
  }

  kill(): void {
    this.#worker.process.kill('SIGKILL');
  }
}
