/**
 * A function as callers meet it: as many execution environments as there are events at the same time, each with one.
 * The one that was used last is used first, so that the others stay frozen; one that has failed is replaced.
 */
import type { DeployedFunction } from './deployed-function.js';
import { ExecutionEnvironment, type InvocationResult } from './execution-environment.js';
import type { LogLine } from './runtime-process.js';
import type { OnStream } from './streamed-response.js';

/** More events at the same time than the function's reserved concurrency: this one was not taken. */
export class TooManyRequests extends Error {
  override readonly name = 'TooManyRequestsException';

  constructor() {
    super('Rate Exceeded.');
  }
}

interface Options {
  /** How many processes there may be, and so events at the same time. */
  concurrency?: number;
  /** Takes each line that a process or the platform writes. */
  log?: LogLine | undefined;
}

export class FunctionInstances {
  readonly #fn: DeployedFunction;
  readonly #concurrency: number;
  readonly #log: LogLine | undefined;
  readonly #all = new Set<ExecutionEnvironment>();
  /** The last one was used last. */
  readonly #idle: ExecutionEnvironment[] = [];

  constructor(fn: DeployedFunction, { concurrency = Number.POSITIVE_INFINITY, log }: Options = {}) {
    this.#fn = fn;
    this.#concurrency = concurrency;
    this.#log = log;
  }

  /** Of the processes there are. */
  get pids(): number[] {
    return [...this.#all].flatMap(({ pid }) => pid ?? []);
  }

  /**
   * Starts one before there is an event, as AWS sometimes does.
   * @returns the error's payload when INIT has failed
   */
  async start(): Promise<string | undefined> {
    const environment = this.#take();
    try {
      return await environment.initialized();
    } finally {
      this.#giveBack(environment);
    }
  }

  /**
   * @param onStream is given what the function streams, if it does; without it, that is the payload
   * @throws TooManyRequests
   */
  async invoke(event: unknown, onStream?: OnStream): Promise<InvocationResult> {
    const environment = this.#take();
    try {
      return await environment.invoke(event, onStream);
    } finally {
      this.#giveBack(environment);
    }
  }

  /** Resolves when no process is left. */
  async end(): Promise<void> {
    await Promise.all([...this.#all].map((environment) => environment.end()));
    this.#all.clear();
    this.#idle.length = 0;
  }

  #take(): ExecutionEnvironment {
    for (let last = this.#idle.pop(); last; last = this.#idle.pop()) {
      if (last.isAlive) return last;
      this.#all.delete(last);
    }
    if (this.#all.size >= this.#concurrency) throw new TooManyRequests();
    const environment = new ExecutionEnvironment(this.#fn, this.#log);
    this.#all.add(environment);
    return environment;
  }

  #giveBack(environment: ExecutionEnvironment): void {
    if (environment.isAlive) this.#idle.push(environment);
    else this.#all.delete(environment);
  }
}
