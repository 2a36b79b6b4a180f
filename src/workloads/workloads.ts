/** The same two pieces of work, each done in three ways: what a handler's author chooses between. */
import { asyncFib } from './async-fib.js';
import { block } from './block.js';
import { fib } from './fib.js';
import { pause } from './pause.js';
import type { Style } from './style.js';
import type { WorkerPool } from './worker-pool.js';

export class Workloads {
  constructor(private readonly pool: WorkerPool) {}

  /** Waits `ms`; in style `worker` it takes a thread for as long. @throws as `WorkerPool.run`, and `pause` */
  async wait(ms: number, style: Style, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (style === 'blocking') block(ms);
    else if (style === 'async') await pause(ms, signal);
    else await this.pool.run({ wait: ms }, signal);
  }

  /** @throws as `WorkerPool.run` */
  async fib(n: number, style: Style, signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    if (style === 'blocking') return fib(n);
    if (style === 'async') return asyncFib(n);
    return (await this.pool.run({ fib: n }, signal)) as number;
  }

  /** Ends the threads. */
  onApplicationShutdown(): Promise<void> {
    return this.pool.close();
  }
}
