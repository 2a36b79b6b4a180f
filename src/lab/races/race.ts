/** One race: what it was asked, how far it is, what came of it. */
import { Logger } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import type { Style } from '../../workloads/style.js';
import type { NewRace } from './new-race.schema.js';
import { RaceEvents } from './race-events.js';
import { requestsInAll } from './race-plan.js';
import { RaceFailure } from './race-process.js';
import { raceTable, resultOf } from './race-table.js';
import type { RaceProgress, RaceShown, RaceState, RaceTable } from './races.schema.js';
import type { Repetition } from './repetition.js';
import { runRace } from './run-race.js';

/** Whatever the plan thought: with what was measured by then it ends, so that all is over within a minute. */
const DEADLINE_MS = 58_000;
const LATE = Symbol('late');
/** As often as anybody watches. */
const TELL_EVERY_MS = 200;

export class Race {
  readonly id = uuid();
  readonly events = new RaceEvents();
  /** Resolves when nothing of it is left but its figures. */
  readonly ended: Promise<void>;
  readonly #createdAt = new Date();
  readonly #startedMs = performance.now();
  readonly #stop = new AbortController();
  readonly #repetitions: Repetition[] = [];
  #idleMs: readonly number[] = [];
  #followers = 0;
  #state: RaceState = 'running';
  #reason: string | undefined;
  #table: RaceTable | undefined;
  #turn: { style: Style | null; repetition: number; done: number } = { style: null, repetition: 0, done: 0 };
  #endedMs: number | undefined;
  #toldMs = Number.NEGATIVE_INFINITY;

  constructor(
    readonly asked: NewRace,
    private readonly threads: number,
  ) {
    this.events.say('started', { id: this.id, asked, progress: this.#progress() });
    this.ended = this.#run();
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  /** Resolves when it is over. @param reason for whoever asks what became of it */
  async stop(reason: string): Promise<void> {
    if (!this.#stop.signal.aborted) this.#stop.abort(reason);
    await this.ended;
  }

  /** Somebody watches. When the last one has left it stops. @returns what tells that they left */
  follow(): () => void {
    this.#followers += 1;
    let isHere = true;
    return () => {
      if (!isHere) return;
      isHere = false;
      this.#followers -= 1;
      if (this.#followers === 0 && this.isRunning)
        void this.stop('The last one who followed its events left.');
    };
  }

  shown(): RaceShown {
    return {
      id: this.id,
      state: this.#state,
      asked: this.asked,
      createdAt: this.#createdAt.toISOString(),
      progress: this.#progress(),
      ...(this.#reason !== undefined && { reason: this.#reason }),
      ...(this.#table && { table: this.#table }),
    };
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const deadline = setTimeout(() => this.#stop.abort(LATE), DEADLINE_MS);
    try {
      await runRace(this.asked, this.threads, this.#listener, signal);
      this.#finish(true);
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
      else if (signal.reason === LATE) this.#finish(false);
      else this.#end('stopped', signal.reason);
    }
    clearTimeout(deadline);
    this.events.end();
  }

  readonly #listener = {
    onProgress: (style: Style, repetition: number, done: number) => {
      this.#turn = { style, repetition, done };
      const nowMs = performance.now();
      if (nowMs - this.#toldMs < TELL_EVERY_MS) return;
      this.#toldMs = nowMs;
      this.events.say('progress', this.#progress());
    },
    onIdle: (victimMs: readonly number[]) => {
      this.#idleMs = victimMs;
    },
    onRepetition: (one: Repetition, repetition: number) => {
      this.#repetitions.push(one);
      this.events.say('result', resultOf(one, repetition));
    },
  };

  #finish(isComplete: boolean): void {
    const measured = { repetitions: this.#repetitions, idleMs: this.#idleMs, isComplete };
    this.#table = raceTable(measured, this.asked.styles, this.threads);
    this.#end('finished');
  }

  #fail(error: unknown): void {
    const isTold = error instanceof RaceFailure;
    const reason = isTold ? error.message : 'The race could not be run. The log of the server has more.';
    new Logger('Race').warn(`${this.id} failed: ${(error as Error).message}`);
    this.#end('failed', reason);
  }

  #end(state: Exclude<RaceState, 'running'>, reason?: string): void {
    this.#endedMs = performance.now();
    this.#state = state;
    this.#reason = reason;
    // Its figures are in the table.
    this.#repetitions.length = 0;
    this.events.say(state, this.shown());
  }

  #progress(): RaceProgress {
    const elapsedMs = Math.round((this.#endedMs ?? performance.now()) - this.#startedMs);
    return { ...this.#turn, of: requestsInAll(this.asked), elapsedMs };
  }
}
