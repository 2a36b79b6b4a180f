import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A server of bench/servers as a process of its own. */
export interface Side {
  port: number;
  /** Processor time taken since its start, all threads. */
  cpuMs(): Promise<number>;
  /** What it says of itself, over no connection that it would have to count (bench/servers/announce.js). */
  state(): Promise<Record<string, number>>;
  stop(): Promise<void>;
}

/** A side that Node.js runs. */
export interface NodeSide extends Side {
  pid: number;
}

/** @param program of bench/servers, without .js. @throws Error when it ends instead of serving */
export async function startSide(
  program: string,
  env: Record<string, string>,
  execArgv: string[] = [],
): Promise<NodeSide> {
  const child = fork(fileURLToPath(new URL(`./servers/${program}.js`, import.meta.url)), [], {
    env: { PATH: process.env.PATH, TZ: 'UTC', ...env },
    // Whatever a server logs goes nowhere, which costs it what a pipe would.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv,
  });
  const ended = new Promise<never>((_resolve, reject) =>
    child.once('exit', () => reject(new Error('a server ended while it was measured'))),
  );
  ended.catch(() => undefined);
  const message = async <T>(): Promise<T> => (await Promise.race([nextMessage(child), ended])) as T;
  const { port } = await message<{ port: number }>();
  const state = async () => {
    const asked = message<Record<string, number> & { cpuMs: number }>();
    child.send('state');
    return asked;
  };
  return {
    port,
    pid: child.pid as number,
    cpuMs: async () => (await state()).cpuMs,
    state,
    stop: async () => {
      if (child.connected) child.disconnect();
      await ended.catch(() => undefined);
    },
  };
}

const nextMessage = (child: ChildProcess) => new Promise((resolve) => child.once('message', resolve));
