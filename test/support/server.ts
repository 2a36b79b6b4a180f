/** Real processes: what is promised of start, end and sudden death cannot be shown inside the test's own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Environment } from '#dist/config.js';
import { quiet } from './app.js';
import { type Answer, type Call, callOverSocket, type Json } from './transports.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** None of the caller's settings reach a process under test. */
const base = { PATH: process.env.PATH, HOME: process.env.HOME };

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A command of ours as a process. */
export function start(file: string, args: string[], env: Environment) {
  const child = spawn(process.execPath, [`${root}dist/${file}`, ...args], {
    cwd: env.DATA_DIR ?? root,
    env: { ...base, ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (output.stderr += text));
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...output }) as Exit);
  return { child, output, ended };
}

/** Runs a command of ours to its end. */
export async function run(file: string, args: string[], env: Environment, input = ''): Promise<Exit> {
  const { child, ended } = start(file, args, env);
  child.stdin.end(input);
  return ended;
}

export interface Server {
  readonly child: ChildProcess;
  readonly port: number;
  readonly ended: Promise<Exit>;
  /** What it has written so far. */
  readonly output: { stdout: string; stderr: string };
  /** What it has logged so far. */
  logged(): Json[];
  call(call: Call): Promise<Answer>;
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

/** A server on a port of its own choice, once it serves. Stop it. */
export async function startServer(env: Environment): Promise<Server> {
  const { child, output, ended } = start('main.js', [], { PORT: '0', ...quiet, ...env });
  const port = await Promise.race([
    new Promise<number>((resolve) =>
      child.stdout.on('data', () => {
        const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec(output.stdout)?.[1];
        if (found !== undefined) resolve(Number(found));
      }),
    ),
    ended.then(({ stdout, stderr }) =>
      Promise.reject(new Error(`The server ended at start.\n${stdout}\n${stderr}`)),
    ),
  ]);
  return {
    child,
    port,
    ended,
    output,
    logged: () => linesOf(output.stdout),
    call: (call) => callOverSocket(port, call),
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** A line that has not come in to its end is none yet. */
const linesOf = (stdout: string): Json[] =>
  stdout
    .slice(0, stdout.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
