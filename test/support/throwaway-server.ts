/**
 * Database servers of a test's own, on a free port and in a temporary folder: real ones, which keep what they have
 * acknowledged, and may be stopped, killed and frozen. Linux only: a server's processes are told by the folder they work in.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Certificate } from './certificates.js';
import { freePort } from './free-port.js';
import type { ThrowawayEngine } from './throwaway-engine.js';
import { throwawayMariadb } from './throwaway-mariadb.js';
import { throwawayPostgresql } from './throwaway-postgresql.js';
import { startUndertaker, type Undertaker } from './undertaker.js';
import { type User, unprivilegedUser } from './unprivileged-user.js';

export type ServerEngine = 'postgresql' | 'mysql';

const engines: Record<ServerEngine, ThrowawayEngine> = {
  postgresql: throwawayPostgresql,
  mysql: throwawayMariadb,
};

const POLL_MS = 20;
/** Recovery included; a start that takes longer has failed. */
const START_LIMIT_MS = 30_000;
const LOG_TAIL_CHARACTERS = 2_000;

function programPath({ folders }: ThrowawayEngine, program: string): string | undefined {
  return [...(process.env.PATH ?? '').split(delimiter), ...folders()]
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
}

function missingPrograms(engine: ThrowawayEngine): string[] {
  if (process.platform !== 'linux') return ['Linux'];
  return Object.values(engine.programs).filter((program) => programPath(engine, program) === undefined);
}

/** In continuous integration a missing server fails the tests; elsewhere they are skipped, under `throwawayName`. */
export function isAvailable(engine: ServerEngine): boolean {
  return missingPrograms(engines[engine]).length === 0 || Boolean(process.env.CI);
}

/** The engine's name, with why its tests are not run where they are not. */
export function throwawayName(engine: ServerEngine): string {
  const missing = missingPrograms(engines[engine]);
  return engines[engine].name + (isAvailable(engine) ? '' : ` (not run: no ${missing.join(', ')})`);
}

interface Options {
  maxConnections?: number;
  /** To offer TLS with. */
  certificate?: Certificate | undefined;
}

export class ThrowawayServer {
  readonly port: number;
  /** Of the database `farebox`, which is empty at first. */
  readonly url: string;
  /** What `host` (PostgreSQL) or `socketPath` (MySQL) of a URL names to reach it without TCP. */
  readonly socket: string;
  readonly #engine: ThrowawayEngine;
  readonly #folder: string;
  readonly #dataDir: string;
  readonly #maxConnections: number;
  readonly #certificate: Certificate | undefined;
  readonly #user: User | undefined;
  readonly #undertaker: Undertaker;
  #child: ChildProcess | undefined;

  private constructor(
    engine: ThrowawayEngine,
    port: number,
    { maxConnections, certificate }: Options & { maxConnections: number },
  ) {
    this.#engine = engine;
    this.#user = unprivilegedUser(engine.account);
    this.#maxConnections = maxConnections;
    this.#certificate = certificate;
    this.#folder = realpathSync(mkdtempSync(join(tmpdir(), 'farebox-')));
    this.#undertaker = startUndertaker(this.#folder);
    if (this.#user) chownSync(this.#folder, this.#user.uid, this.#user.gid);
    this.#dataDir = join(this.#folder, 'data');
    this.port = port;
    this.url = engine.url(port, 'farebox');
    this.socket = engine.socket(this.#folder);
  }

  /** A server that accepts connections. Remove it. */
  static async start(
    name: ServerEngine,
    { maxConnections = 100, certificate }: Options = {},
  ): Promise<ThrowawayServer> {
    const engine = engines[name];
    const missing = missingPrograms(engine);
    if (missing.length > 0) throw new Error(`A ${engine.name} of its own needs ${missing.join(', ')}.`);
    const server = new ThrowawayServer(engine, await freePort(), { maxConnections, certificate });
    try {
      await server.#install();
      await server.start();
      await server.empty();
      return server;
    } catch (error) {
      await server.remove();
      throw error;
    }
  }

  async #install(): Promise<void> {
    const program = programPath(this.#engine, this.#engine.programs.install) as string;
    await promisify(execFile)(program, this.#engine.install(this.#dataDir), {
      cwd: this.#folder,
      ...this.#user,
    });
  }

  /** Both engines refuse a key that others may read. */
  #tlsArguments(): string[] {
    if (!this.#certificate) return [];
    const [certificateFile, keyFile] = [join(this.#folder, 'server.crt'), join(this.#folder, 'server.key')];
    const { pem, key } = this.#certificate;
    for (const [file, text] of [
      [certificateFile, pem],
      [keyFile, key],
    ] as const) {
      writeFileSync(file, text, { mode: 0o600 });
      if (this.#user) chownSync(file, this.#user.uid, this.#user.gid);
    }
    return this.#engine.serveTls(certificateFile, keyFile);
  }

  /** Resolves once it accepts connections. */
  async start(): Promise<void> {
    const log = openSync(join(this.#folder, 'log'), 'a');
    const program = programPath(this.#engine, this.#engine.programs.serve) as string;
    const { port } = this;
    const child = spawn(
      program,
      this.#engine
        .serve({
          folder: this.#folder,
          dataDir: this.#dataDir,
          port,
          maxConnections: this.#maxConnections,
        })
        .concat(this.#tlsArguments()),
      { cwd: this.#folder, stdio: ['ignore', log, log], detached: true, ...this.#user },
    );
    closeSync(log);
    this.#child = child;
    await once(child, 'spawn');
    const url = this.#engine.url(port, this.#engine.firstDatabase);
    const untilMs = performance.now() + START_LIMIT_MS;
    for (;;) {
      const refusal = await this.#engine.query(url, 'SELECT 1').then(
        () => undefined,
        (error: unknown) => error,
      );
      if (refusal === undefined) return;
      if (child.exitCode !== null || child.signalCode !== null || performance.now() > untilMs)
        throw new Error(`${this.#engine.name} did not start.\n${this.#logTail()}`, { cause: refusal });
      await sleep(POLL_MS);
    }
  }

  /** Over a connection of its own, which says "User" for a table on either engine. @throws what the driver says */
  query(sql: string, url = this.url): Promise<unknown> {
    return this.#engine.query(url, sql);
  }

  /** Gives it a new database `farebox` in place of the one it may have, which nobody must be using. */
  async empty(): Promise<void> {
    const url = this.#engine.url(this.port, this.#engine.firstDatabase);
    await this.#engine.query(url, 'DROP DATABASE IF EXISTS farebox');
    await this.#engine.query(url, 'CREATE DATABASE farebox');
  }

  /** `fast`: in order. `immediate`: as after a power cut, as far as its connections can tell. */
  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const signal = this.#engine[mode];
    if (signal === 'SIGKILL') return this.kill();
    this.#child?.kill(signal);
    await this.#gone();
  }

  async restart(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    await this.stop(mode);
    await this.start();
  }

  /** SIGKILL to all of it. What it leaves (lock files, shared memory, a log to replay) is for the next start. */
  async kill(): Promise<void> {
    this.#signal('SIGKILL');
    await this.#gone();
  }

  /** Sockets stay open, the kernel goes on accepting some, and nobody answers. */
  freeze(): void {
    // On a busy machine a thread may go on for a moment, long enough to answer or to make another process.
    do this.#signal('SIGSTOP');
    while (!this.#processes().every(isStopped));
  }

  thaw(): void {
    this.#signal('SIGCONT');
  }

  /** Ends it, frozen or not, and leaves nothing. */
  async remove(): Promise<void> {
    await this.#undertaker.bury();
    await this.#gone();
  }

  /** The server first: it makes the others. */
  #signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
    for (const id of this.#processes())
      try {
        process.kill(id, signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
  }

  /** Of both engines all processes work in the data folder; this finds them also when whoever started them is gone. */
  #processes(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && workingFolder(name) === this.#dataDir)
      .map(Number);
  }

  async #gone(): Promise<void> {
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    while (this.#processes().length > 0) await sleep(POLL_MS);
  }

  #logTail(): string {
    return readFileSync(join(this.#folder, 'log'), 'utf8').slice(-LOG_TAIL_CHARACTERS);
  }
}

/** Of all its threads, as the kernel has it: proc(5), /proc/pid/stat, field 3. */
function isStopped(id: number): boolean {
  try {
    return readdirSync(`/proc/${id}/task`).every((thread) =>
      / T /.test(readFileSync(`/proc/${id}/task/${thread}/stat`, 'utf8').replace(/^.*\)/, '').slice(0, 3)),
    );
  } catch {
    // One of them has just ended.
    return false;
  }
}

/** Undefined of a process that has ended or is none of ours. */
function workingFolder(id: string): string | undefined {
  try {
    return readlinkSync(`/proc/${id}/cwd`);
  } catch {
    return undefined;
  }
}
