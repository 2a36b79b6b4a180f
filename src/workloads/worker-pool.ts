/**
 * Worker threads and the line before them. Threads are started when they are first needed, and end when nothing was to
 * do for a while. The law of such a pool: with work that takes a thread for `duration` seconds, no more than
 * threads / duration a second are done.
 */
import type { Piscina } from 'piscina';
import { metered } from '../metering/request-meter.js';
import { Problem } from '../problem.js';
import { WaitingLine } from './waiting-line.js';
import type { Task } from './work-thread.js';

/**
 * A thread takes some 40 ms of a core to start, and a dozen MB while it lives. Ended after 30 s, forty of them that a
 * burst asks for anew made 100 waits of 50 ms take 0.41 s instead of 0.15 (2 cores, 2026-11-22).
 */
const IDLE_MS = 600_000;
/** A thread comes free when somebody's work ends; nobody knows when. */
const BUSY_RETRY_SECONDS = 1;

export class WorkerPool {
  readonly #line: WaitingLine;
  #threads: Promise<Piscina<Task, number | undefined>> | undefined;

  /** @param queueMax tasks that may wait for a thread */
  constructor(
    private readonly threads: number,
    private readonly queueMax: number,
    private readonly idleMs = IDLE_MS,
  ) {
    // piscina's own limit does not count tasks that have a signal (5.3.2), nor does it keep their order.
    this.#line = new WaitingLine(threads, queueMax);
  }

  /**
   * @param signal ends the task: taken from the line, or the thread that runs it is ended with it
   * @throws Problem WORKERS_BUSY where no more may wait; the signal's reason when it ended first
   */
  async run(task: Task, signal: AbortSignal): Promise<number | undefined> {
    if (this.#line.isFull)
      throw new Problem(
        'WORKERS_BUSY',
        `All ${this.threads} worker threads are busy, and ${this.queueMax} tasks wait for one.`,
        { retryAfterSeconds: BUSY_RETRY_SECONDS, isLogged: true },
      );
    await metered('queue', () => this.#line.enter(signal));
    try {
      this.#threads ??= this.#start();
      return await (await this.#threads).run(task, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      this.#line.leave();
    }
  }

  /** Ends the threads, and what they are at. */
  async close(): Promise<void> {
    await (await this.#threads)?.destroy();
  }

  async #start(): Promise<Piscina<Task, number | undefined>> {
    const { Piscina } = await import('piscina');
    return new Piscina({
      filename: new URL('work-thread.js', import.meta.url).href,
      name: 'runTask',
      minThreads: 0,
      maxThreads: this.threads,
      idleTimeout: this.idleMs,
      recordTiming: false,
    });
  }
}
