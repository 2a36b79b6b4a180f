/** How late the event loop of this process runs what is due, and how busy it is. */
import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks';

/** Short, so that whoever acts on a sample acts within a second of what it is about. */
const SAMPLE_MS = 500;
/**
 * How often a timer looks whether it comes too late: some 25 times a sample. It is what the monitor costs: measured on an
 * idle process 2.6 ms of processor time a second; every 10 ms it is 4.6.
 */
const RESOLUTION_MS = 20;
const NS_A_MS = 1e6;

/** Of the half second before. Delays in milliseconds. */
export interface LoopSample {
  /** A stall shows here as the share of the sample that it took of all looks: see docs/decisions/0019-load-shedding.md. */
  readonly meanMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** 0: it waited all the time; 1: it never did. */
  readonly utilization: number;
}

export class EventLoop {
  static #ofThisProcess: EventLoop | undefined;

  /** One for all applications of a process: they share its loop. Holds no process alive. */
  static ofThisProcess(): EventLoop {
    EventLoop.#ofThisProcess ??= new EventLoop();
    return EventLoop.#ofThisProcess;
  }

  readonly #delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #takers = new Set<(sample: LoopSample) => void>();
  #before: EventLoopUtilization = performance.eventLoopUtilization();
  #sample: LoopSample = { meanMs: 0, p99Ms: 0, maxMs: 0, utilization: 0 };

  private constructor() {
    this.#delays.enable();
    setInterval(() => this.#take(), SAMPLE_MS).unref();
  }

  /** The last one. */
  get sample(): LoopSample {
    return this.#sample;
  }

  /** Calls `take` with each sample. @returns what ends that */
  onSample(take: (sample: LoopSample) => void): () => void {
    this.#takers.add(take);
    return () => void this.#takers.delete(take);
  }

  #take(): void {
    // Both timers were late, and this one came first: the other's delay is in the next sample.
    if (this.#delays.count === 0) return;
    const { mean, max } = this.#delays;
    const now = performance.eventLoopUtilization();
    this.#sample = {
      meanMs: delayOf(mean),
      p99Ms: delayOf(this.#delays.percentile(99)),
      maxMs: delayOf(max),
      utilization: performance.eventLoopUtilization(now, this.#before).utilization,
    };
    this.#before = now;
    this.#delays.reset();
    for (const take of this.#takers) take(this.#sample);
  }
}

/** What is recorded is the time from look to look. */
const delayOf = (betweenNs: number): number => Math.max(0, betweenNs / NS_A_MS - RESOLUTION_MS);
