/**
 * One process that runs a function under AWS's own runtime client, and the Runtime API it talks to. A process group of
 * its own: freezing and killing reach what the function has started, and Ctrl-C at a terminal does not reach it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Deferred } from './deferred.js';
import type { DeployedFunction } from './deployed-function.js';
import { functionVariables } from './function-variables.js';
import { nodeFlags } from './node-flags.js';
import { type Invocation, type Posted, RuntimeApi } from './runtime-api.js';
import { splitLines } from './split-lines.js';
import type { OnStream } from './streamed-response.js';
import { letGo, watchOver } from './undertaker.js';

const runtimeClient = createRequire(import.meta.url).resolve('aws-lambda-ric/index.mjs');
const nativeClient = fileURLToPath(new URL('./rapid-client.cjs', import.meta.url));

/** The process is gone, or was too late and is killed. */
export type Ended = { kind: 'exit'; how: string } | { kind: 'late' };

interface Ready {
  kind: 'ready';
}

export type LogLine = (line: string) => void;

export class RuntimeProcess {
  readonly #api: RuntimeApi;
  readonly #child: ChildProcess;
  readonly #exited: Promise<Ended>;
  #onEnd: ((ended: Ended) => void) | undefined;
  #isAlive = true;
  #maxMemoryBytes = 0;

  private constructor(
    api: RuntimeApi,
    { memoryMb, taskRoot, node = process.execPath, ...rest }: DeployedFunction,
    packages: string | undefined,
    log?: LogLine,
  ) {
    const stream = log ? 'pipe' : 'ignore';
    this.#api = api;
    this.#child = spawn(node, [...nodeFlags(memoryMb), '--require', nativeClient, runtimeClient], {
      cwd: taskRoot,
      env: {
        ...(packages !== undefined && { NODE_PATH: packages }),
        ...functionVariables({ memoryMb, taskRoot, ...rest }, api.address),
      },
      stdio: ['ignore', stream, stream],
      detached: true,
    });
    if (log) for (const output of [this.#child.stdout, this.#child.stderr]) splitLines(output, log);
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => resolve(this.#bury(code, signal)));
    });
  }

  /**
   * @param packages what it finds by NODE_PATH
   * @throws Error when the program cannot be started
   */
  static async start(
    fn: DeployedFunction,
    packages: string | undefined,
    log?: LogLine,
  ): Promise<RuntimeProcess> {
    const api = await RuntimeApi.open();
    const runtime = new RuntimeProcess(api, fn, packages, log);
    try {
      await once(runtime.#child, 'spawn');
    } catch (error) {
      api.close();
      throw error;
    }
    watchOver(runtime.pid);
    return runtime;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** The most memory it has ever held (VmHWM), as the kernel counts it; 0 where that cannot be read. */
  get maxMemoryMb(): number {
    this.#weigh();
    return Math.ceil(this.#maxMemoryBytes / 1024 ** 2);
  }

  /** Awaits the end of INIT. */
  ready(limitMs: number): Promise<Ready | Posted | Ended> {
    return this.#within<Ready | Posted>(limitMs, this.#asked(), this.#api.initError());
  }

  /** Thaws it and hands it the event. Resolves when it has asked for the next one, or has ended. */
  async run(invocation: Invocation, limitMs: number, onStream?: OnStream): Promise<Posted | Ended> {
    const untilMs = performance.now() + limitMs;
    const posting = this.#api.give(invocation, onStream);
    this.#signal('SIGCONT');
    const posted = await this.#within(limitMs, posting);
    if (posted.kind === 'response' || posted.kind === 'error')
      await this.#within(untilMs - performance.now(), this.#asked());
    return posted;
  }

  /** Nothing in it runs until the next event. */
  freeze(): void {
    this.#signal('SIGSTOP');
  }

  async kill(): Promise<void> {
    this.#signal('SIGKILL');
    await this.#exited;
  }

  async #asked(): Promise<Ready> {
    await this.#api.asked();
    return { kind: 'ready' };
  }

  /**
   * What comes first: one of what is awaited, the process's end, or the limit, at which it is killed. No Promise.race:
   * the promise of the end would keep what each of them has resolved with, until then.
   */
  async #within<T extends Ready | Posted>(limitMs: number, ...awaited: Promise<T>[]): Promise<T | Ended> {
    const first = new Deferred<T | Ended>();
    const timer = setTimeout(first.resolve, Math.max(0, limitMs), { kind: 'late' });
    this.#onEnd = first.resolve;
    if (!this.#isAlive) first.resolve(await this.#exited);
    for (const promise of awaited) void promise.then(first.resolve);
    const result = await first.promise;
    clearTimeout(timer);
    if (result.kind === 'late') {
      this.#weigh();
      await this.kill();
    }
    return result;
  }

  /** To the whole group. */
  #signal(signal: NodeJS.Signals): void {
    if (!this.#isAlive) return;
    try {
      process.kill(-this.pid, signal);
    } catch (error) {
      // Nobody is left in it; macOS says so of the dead who are not buried yet.
      if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }

  #bury(code: number | null, signal: NodeJS.Signals | null): Ended {
    // What it started ends with it.
    this.#signal('SIGKILL');
    this.#isAlive = false;
    letGo(this.pid);
    this.#api.close();
    const ended: Ended = { kind: 'exit', how: howItEnded(code, signal) };
    this.#onEnd?.(ended);
    return ended;
  }

  #weigh(): void {
    try {
      const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1];
      this.#maxMemoryBytes = Math.max(this.#maxMemoryBytes, Number(kilobytes ?? 0) * 1024);
    } catch {
      // It has ended, or this is no Linux.
    }
  }
}

/** AWS's words, which are Go's. */
const signalNames: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: 'aborted',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
};

function howItEnded(code: number | null, signal: NodeJS.Signals | null): string {
  if (code === 0) return 'Runtime exited without providing a reason';
  return `Runtime exited with error: ${signal ? `signal: ${signalNames[signal] ?? signal}` : `exit status ${code}`}`;
}
