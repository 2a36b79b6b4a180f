/** The workers: as many as there are to be, each replaced when it dies, all replaced one after another on demand. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Config, Environment } from '../config.js';
import { logLine } from '../log-line.js';
import { Measurements } from './measurements.js';
import type { ToPrimary } from './messages.js';
import { MetricTotals } from './metric-totals.js';
import { RespawnPause } from './respawn-pause.js';
import { type WorkerEnd, WorkerProcess } from './worker-process.js';

/** What workers are started with. */
export interface Settings {
  config: Config;
  environment: Environment;
}

/** One migrates and then serves; the others find it done. */
const migrated: Environment = { MIGRATE_ON_START: '0' };

export class Crew {
  readonly #workers = new Map<number, WorkerProcess>();
  readonly #totals = new MetricTotals();
  readonly #measurements = new Measurements(this.#totals);
  readonly #respawnPause = new RespawnPause();
  #generation = 1;
  isEnding = false;

  constructor(private settings: Settings) {}

  /** Resolves when all listen. @returns the port, or why there is none: the first did not come to listen */
  async start(): Promise<{ port: number } | { reason: string | undefined }> {
    const first = this.#begin(this.settings, this.#generation, {});
    const port = await first.listening;
    if (port === undefined) return { reason: first.reason };
    await this.#fill();
    return { port };
  }

  /**
   * Replaces each worker by a new one with these settings: a new one listens before an old one goes. The first that does
   * not come to listen ends it, and the old ones stay.
   */
  async replaceAll(settings: Settings): Promise<void> {
    const startedMs = performance.now();
    const generation = this.#generation + 1;
    let isFirst = true;
    while (!this.isEnding && (isFirst || this.#newest().length < settings.config.workers)) {
      const worker = this.#begin(settings, generation, isFirst ? {} : migrated);
      if ((await worker.listening) === undefined) {
        await this.#giveUp(worker);
        return;
      }
      [this.settings, this.#generation, isFirst] = [settings, generation, false];
      // Where one has died meanwhile, its place comes first.
      const serving = [...this.#workers.values()].filter(({ serves }) => serves);
      if (serving.length > settings.config.workers) await this.#older()[0]?.retire();
    }
    await Promise.all(this.#newest().map(({ listening }) => listening));
    if (this.isEnding) return;
    await Promise.all(this.#older().map((worker) => worker.retire()));
    this.#log('info', 'All workers replaced', {
      workers: this.#newest().map(({ id }) => id),
      durationMs: Math.round(performance.now() - startedMs),
    });
  }

  /** Resolves when all have ended. */
  async stop(): Promise<void> {
    this.isEnding = true;
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop()));
  }

  kill(): void {
    this.isEnding = true;
    for (const worker of this.#workers.values()) worker.kill();
  }

  #begin({ environment }: Settings, generation: number, over: Environment): WorkerProcess {
    const worker = new WorkerProcess({ ...environment, ...over }, generation, (message, from) => {
      void this.#hear(message, from);
    });
    this.#workers.set(worker.id, worker);
    void worker.ended.then((end) => {
      this.#workers.delete(worker.id);
      this.#totals.end(worker.id);
      if (worker.listeningSinceMs !== undefined && !worker.isLeaving && !this.isEnding)
        void this.#replaceAfterPause(worker, end);
    });
    return worker;
  }

  /** As many as are missing. Resolves when they listen: what keeps one from starting may pass. */
  async #fill(): Promise<void> {
    const missing = this.settings.config.workers - this.#newest().length - this.#older().length;
    if (this.isEnding || missing <= 0) return;
    await Promise.all(Array.from({ length: missing }, () => this.#respawn()));
  }

  async #respawn(): Promise<void> {
    const worker = this.#begin(this.settings, this.#generation, migrated);
    if ((await worker.listening) === undefined && !this.isEnding)
      await this.#replaceAfterPause(worker, await worker.ended);
  }

  async #replaceAfterPause(worker: WorkerProcess, end: WorkerEnd): Promise<void> {
    const { listeningSinceMs } = worker;
    const pauseMs = this.#respawnPause.after(listeningSinceMs && performance.now() - listeningSinceMs);
    this.#log('error', 'A worker ended that should not have; another takes its place', {
      ...whyNot(worker, end),
      pauseMs,
    });
    if (pauseMs > 0) await pause(pauseMs);
    // A restart may have filled its place meanwhile.
    await this.#fill();
  }

  async #giveUp(worker: WorkerProcess): Promise<void> {
    const end = await worker.ended;
    if (this.isEnding) return;
    this.#log('error', 'Restart given up, the old workers go on', whyNot(worker, end));
    await this.#fill();
  }

  async #hear(message: ToPrimary, from: WorkerProcess): Promise<void> {
    switch (message.kind) {
      case 'measured':
        return this.#measurements.took(from.id, message.snapshot, message.id);
      case 'farewell':
        this.#measurements.took(from.id, message.snapshot);
        return from.send({ kind: 'go' });
      case 'gather': {
        this.#totals.keep(from.id, message.own);
        const others = [...this.#workers.values()].filter(
          (worker) => worker !== from && worker.listeningSinceMs !== undefined,
        );
        const silent = await this.#measurements.take(others);
        if (silent.length > 0)
          this.#log('warn', 'Workers did not say in time what they have counted', { workers: silent });
        // At once, so that nobody who ends meanwhile is counted twice or not at all.
        from.send({ kind: 'gathered', id: message.id, others: this.#totals.allBut(from.id) });
      }
    }
  }

  /** With the settings that hold now; those that are still starting too. */
  #newest(): WorkerProcess[] {
    return this.#staying().filter(({ generation }) => generation === this.#generation);
  }
  #older(): WorkerProcess[] {
    return this.#staying().filter(({ generation }) => generation < this.#generation);
  }
  #staying(): WorkerProcess[] {
    return [...this.#workers.values()].filter(({ isLeaving }) => !isLeaving);
  }

  #log(level: 'info' | 'warn' | 'error', message: string, fields: object): void {
    logLine(this.settings.config.logLevel, level, message, fields);
  }
}

const whyNot = (worker: WorkerProcess, { code, signal }: WorkerEnd) => ({
  worker: worker.id,
  pid: worker.pid,
  ...(signal === null ? { code } : { signal }),
  ...(worker.reason !== undefined && { reason: worker.reason.replace(/\s*\n\s*/g, ' ') }),
});
