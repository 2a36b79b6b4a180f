import type { MetricSnapshot } from '../metering/metrics.js';
import type { MetricTotals } from './metric-totals.js';
import type { WorkerProcess } from './worker-process.js';

/** A scrape waits for it; a process that is busy for longer is counted as it was when it last answered. */
const LIMIT_MS = 1_000;

/** The primary's side of a scrape: asks all workers but the one that was asked. */
export class Measurements {
  #lastId = 0;
  /** Who is still to answer, by question. */
  readonly #open = new Map<number, { missing: Set<number>; done: () => void }>();

  constructor(private readonly totals: MetricTotals) {}

  /** @returns who did not answer in time */
  async take(workers: readonly WorkerProcess[]): Promise<number[]> {
    this.#lastId += 1;
    const id = this.#lastId;
    const missing = new Set(workers.map((worker) => worker.id));
    if (missing.size === 0) return [];
    await new Promise<void>((resolve) => {
      const limit = setTimeout(resolve, LIMIT_MS);
      const done = () => {
        clearTimeout(limit);
        resolve();
      };
      this.#open.set(id, { missing, done });
      for (const worker of workers) worker.send({ kind: 'measure', id });
    });
    this.#open.delete(id);
    return [...missing];
  }

  /** @param id of the question; undefined: these are the worker's last words, in answer to whatever was asked */
  took(worker: number, snapshot: MetricSnapshot, id?: number): void {
    this.totals.keep(worker, snapshot);
    for (const [question, { missing, done }] of this.#open) {
      if (id === undefined || id === question) missing.delete(worker);
      if (missing.size === 0) done();
    }
  }
}
