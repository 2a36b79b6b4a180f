/** One of a race's two processes, as the server that started it sees it. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromRaceProcess } from './messages.js';

const names = { target: 'The server under test', load: 'The load generator' } as const;

/** Why a race cannot go on, for whoever asked for it. */
export class RaceFailure extends Error {
  override readonly name = 'RaceFailure';
}

export class RaceProcess {
  readonly #child: ChildProcess;
  /** Resolves when there is none, with what may be told of it. */
  readonly #ended: Promise<string>;

  /** @param program of src/race. It gets nothing of this process's environment: no secret, no setting. */
  constructor(program: keyof typeof names, args: readonly string[] = []) {
    this.#child = fork(fileURLToPath(new URL(`../../race/${program}.js`, import.meta.url)), args, {
      env: {},
      execArgv: [],
      // What it says when it breaks is for the operator.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) =>
        resolve(`${names[program]} ended before the race did (${signal ?? `exit code ${code}`}).`),
      );
      // A channel that breaks is a process that ends, which is heard of. One that there was no room for never began.
      this.#child.on('error', () => {
        if (this.#child.pid === undefined) resolve(`${names[program]} could not be started.`);
      });
    });
  }

  /**
   * One question at a time.
   * @param tellDone is told how much of the work is done
   * @throws RaceFailure when it refuses, or has ended
   */
  async ask<T>(question: object, tellDone: (done: number) => void = () => undefined): Promise<T> {
    const child = this.#child;
    let listen: (message: FromRaceProcess) => void = () => undefined;
    const answered = new Promise<T>((resolve, reject) => {
      listen = (message) => {
        if (message.kind === 'progress') tellDone(message.done);
        else if (message.kind === 'answer') resolve(message.value as T);
        else reject(new RaceFailure(message.reason));
      };
      child.on('message', listen);
      // Where it cannot be sent it has ended.
      child.send(question, () => undefined);
    });
    try {
      return await Promise.race([answered, this.fall()]);
    } finally {
      child.off('message', listen);
    }
  }

  /** @throws RaceFailure when it ends of its own accord, or somebody else's */
  async fall(): Promise<never> {
    throw new RaceFailure(await this.#ended);
  }

  /** At once, whatever it is at: nothing it does is worth waiting for. Resolves when it is gone. */
  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
