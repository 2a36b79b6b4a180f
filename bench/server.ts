/** The real server as a process of its own, on a free port and a temporary data folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export interface Server {
  url: string;
  process: ChildProcess;
  /** What it has written so far. */
  output(): string;
  /** Ends it gracefully, or at once with SIGKILL. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export const temporaryDataDir = (): Promise<string> => mkdtemp(join(tmpdir(), 'farebox-trial-'));
export const removeDataDir = (dataDir: string): Promise<void> =>
  rm(dataDir, { recursive: true, force: true });

/** Starts a server and waits until it says where: in its banner, or in production in a log line of level info. @throws Error with its output when it ends instead */
export async function startServer(dataDir: string, env: Record<string, string> = {}): Promise<Server> {
  const server = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH,
      DATA_DIR: dataDir,
      PORT: '0',
      LOG_LEVEL: 'warn',
      UNSAFE_RATE_LIMIT_OFF: '1',
      ...env,
    },
    // Not where a developer's .env may name a database of his own.
    cwd: dataDir,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let isServing = false;
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk;
      // Thousands of lines may follow; to search them all again with each would be felt in what is measured.
      if (isServing) return;
      const found = /(?:API\s+|listening at )(http:\/\/[^/\s"]+)/.exec(output)?.[1];
      if (!found) return;
      isServing = true;
      resolve(found);
    };
    server.stdout?.on('data', read);
    server.stderr?.on('data', read);
    server.once('exit', () => reject(new Error(`The server ended instead of serving:\n${output}`)));
  });
  return {
    url,
    process: server,
    output: () => output,
    stop: async (signal = 'SIGTERM') => {
      if (server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, 'exit');
      server.kill(signal);
      await ended;
    },
  };
}
