/**
 * One execution environment: INIT, then one event at a time, frozen in between.
 *
 * INIT that fails or takes more than 10 s is tried once more at the first event, within the function's own time-out, as
 * on AWS; what fails then is the answer, and the environment is done with. So it is after a time-out and after an exit.
 * (AWS would start a new process in the same sandbox: the same to a function, except that it keeps /tmp.)
 * The CPU is the machine's own: it does not follow the memory, as AWS's does.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { DeployedFunction } from './deployed-function.js';
import { lentPackages } from './lent-packages.js';
import { platformReport, type Report } from './report.js';
import type { Posted } from './runtime-api.js';
import { type Ended, type LogLine, RuntimeProcess } from './runtime-process.js';
import type { OnStream } from './streamed-response.js';
import { traceId } from './trace-id.js';

const INIT_LIMIT_MS = 10_000;

export interface InvocationResult {
  /**
   * JSON: what the function returned, or with `functionError` what went wrong: `errorType` and `errorMessage`. Empty
   * where it streamed.
   */
  payload: string;
  /** As `X-Amz-Function-Error` has it. */
  functionError?: 'Unhandled';
  report: Report;
}

interface Init {
  ms: number;
  failure?: Posted | Ended;
}

export class ExecutionEnvironment {
  readonly #fn: DeployedFunction;
  readonly #log: LogLine | undefined;
  readonly #firstInit: Promise<Init>;
  #runtime: RuntimeProcess | undefined;
  #isNew = true;
  #isBusy = false;
  #isDone = false;

  /** Begins INIT. @param log takes each line that the function or the platform writes */
  constructor(fn: DeployedFunction, log?: LogLine) {
    this.#fn = fn;
    this.#log = log;
    this.#firstInit = this.#init(fn.initLimitMs ?? INIT_LIMIT_MS);
    this.#firstInit.catch(() => {
      this.#isDone = true;
    });
  }

  /** Resolves at the end of INIT, with the failure's payload if it failed. */
  async initialized(): Promise<string | undefined> {
    const { failure } = await this.#firstInit;
    return failure && this.#payloadOf(failure, 'none');
  }

  /** Whether it takes another event. */
  get isAlive(): boolean {
    return !this.#isDone && (this.#isNew || this.#runtime?.isAlive === true);
  }

  /** Of its process, once there is one. */
  get pid(): number | undefined {
    return this.#runtime?.pid;
  }

  /**
   * Rejects only when the process cannot be started at all.
   * @param onStream is given what the function streams, if it does; without it, that is the payload
   */
  async invoke(event: unknown, onStream?: OnStream): Promise<InvocationResult> {
    if (this.#isBusy) throw new Error('An execution environment takes one event at a time.');
    this.#isBusy = true;
    try {
      return await this.#invoke(event, onStream);
    } finally {
      this.#isBusy = false;
      this.#rest();
    }
  }

  /** Resolves when nothing of it is left. */
  async end(): Promise<void> {
    this.#isDone = true;
    await this.#runtime?.kill();
    await this.#firstInit.catch(() => undefined);
  }

  async #init(limitMs: number): Promise<Init> {
    // Not part of INIT: AWS asks nothing, and the first environment alone would pay for the answer.
    const packages = await lentPackages(this.#fn.node ?? process.execPath);
    const startedMs = performance.now();
    this.#runtime = await RuntimeProcess.start(this.#fn, packages, this.#log);
    if (this.#isDone) await this.#runtime.kill();
    const ready = await this.#runtime.ready(limitMs);
    const ms = performance.now() - startedMs;
    if (ready.kind === 'ready') {
      this.#rest();
      return { ms };
    }
    await this.#runtime.kill();
    return { ms, failure: ready };
  }

  async #invoke(event: unknown, onStream: OnStream | undefined): Promise<InvocationResult> {
    const first = await this.#firstInit;
    const init = this.#isNew ? first : undefined;
    this.#isNew = false;
    const requestId = randomUUID();
    const startedMs = performance.now();
    const outcome =
      (init?.failure && (await this.#init(this.#fn.timeoutMs)).failure) ??
      (await this.#run(requestId, event, startedMs, onStream));
    const durationMs =
      outcome.kind === 'late'
        ? this.#fn.timeoutMs
        : Math.min(performance.now() - startedMs, this.#fn.timeoutMs);
    this.#isDone ||= outcome.kind === 'exit' || outcome.kind === 'late' || !this.#runtime?.isAlive;
    const report: Report = {
      requestId,
      status: statusOf[outcome.kind],
      ...(init && !init.failure && { initMs: init.ms }),
      durationMs,
      billedMs: Math.ceil(durationMs + (init?.ms ?? 0)),
      memoryMb: this.#fn.memoryMb,
      maxMemoryMb: this.#runtime?.maxMemoryMb ?? 0,
    };
    const payload = this.#payloadOf(outcome, requestId);
    this.#log?.(platformReport(report));
    return { payload, ...(outcome.kind !== 'response' && { functionError: 'Unhandled' }), report };
  }

  #run(
    requestId: string,
    event: unknown,
    startedMs: number,
    onStream: OnStream | undefined,
  ): Promise<Posted | Ended> {
    const limitMs = this.#fn.timeoutMs - (performance.now() - startedMs);
    const invocation = {
      requestId,
      deadlineMs: Math.floor(Date.now() + limitMs),
      functionArn: `arn:aws:lambda:us-east-1:123456789012:function:${this.#fn.name}`,
      traceId: `${traceId()};Parent=${randomBytes(8).toString('hex')};Sampled=0`,
      event: JSON.stringify(event),
    };
    return (this.#runtime as RuntimeProcess).run(invocation, limitMs, onStream);
  }

  #payloadOf(outcome: Posted | Ended, requestId: string): string {
    if ('payload' in outcome) return outcome.payload;
    const [errorType, what] =
      outcome.kind === 'exit'
        ? ['Runtime.ExitError', outcome.how]
        : ['Sandbox.Timedout', `Task timed out after ${(this.#fn.timeoutMs / 1000).toFixed(2)} seconds`];
    return JSON.stringify({ errorType, errorMessage: `RequestId: ${requestId} Error: ${what}` });
  }

  /** Freezes it, unless an event is there. */
  #rest(): void {
    if (!this.#isBusy) this.#runtime?.freeze();
  }
}

const statusOf = { response: 'success', error: 'error', exit: 'failure', late: 'timeout' } as const;
