/** Farebox in production form with the lab and the classic routes on, as what `handlers` and its neighbours measure. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../test/support/free-port.js';
import { call, signIn } from './client.js';
import { endWithUs } from './end-with-us.js';
import { productionSettings } from './production-settings.js';
import { removeDataDir, temporaryDataDir } from './server.js';
import { makeAdmin, startGateway } from './start-gateway.js';
import type { Subject } from './subject.js';

const settings = (threads: number) => ({
  LAB: 'on',
  LAB_THREADS: `${threads}`,
  UNSAFE_CLASSIC_ROUTES: '1',
});
/** Of the ten minutes that a token is good for. */
const TOKEN_MS = 300_000;

/** The header of somebody signed in, and how it stays good. */
function signedIn(url: string, token: string): Pick<Subject, 'headers' | 'renew'> {
  let [headers, sinceMs] = [bearer(token), performance.now()];
  return {
    get headers() {
      return headers;
    },
    renew: async () => {
      if (performance.now() - sinceMs < TOKEN_MS) return;
      [headers, sinceMs] = [bearer(await signIn(url, USER)), performance.now()];
    },
  };
}

const bearer = (token: string) => `Authorization: Bearer ${token}\r\n`;
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const LOOK_MS = 50;
const USER = 'ada@example.org';

interface Options {
  threads: number;
  /** Other settings of its environment. */
  env?: Record<string, string>;
}

/** One process. */
export async function startFarebox({ threads, env = {} }: Options): Promise<Subject> {
  const { url, side, token, stop } = await startGateway([], { ...settings(threads), ...env });
  return Object.assign(signedIn(url, token), {
    name: 'Farebox',
    port: side.port,
    pid: side.pid,
    loopDelayMs: async () => (await side.state()).loopDelayMs ?? Number.NaN,
    stop,
  });
}

/**
 * The server as people start it, with so many processes (WEB_CONCURRENCY). Its log goes nowhere: whoever read it would
 * take the time of whoever measures.
 */
export async function startFareboxProcesses({
  processes,
  threads,
  env = {},
}: Options & { processes: number }): Promise<Subject> {
  const dataDir = await temporaryDataDir();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const environment = {
    ...productionSettings(dataDir),
    PORT: `${port}`,
    WEB_CONCURRENCY: `${processes}`,
    ...settings(threads),
    ...env,
  };
  makeAdmin(environment, USER);
  const server = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, ...environment },
    // Not where a developer's .env may name a database of his own.
    cwd: dataDir,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  endWithUs(server);
  const ended = once(server, 'exit');
  const stop = async () => {
    server.kill();
    await ended;
    await removeDataDir(dataDir);
  };
  try {
    await Promise.race([
      untilReady(url),
      ended.then(() => Promise.reject(new Error('the server has ended'))),
    ]);
    const token = await signIn(url, USER);
    return Object.assign(signedIn(url, token), { name: 'Farebox', port, pid: server.pid as number, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilReady(url: string): Promise<void> {
  for (;;) {
    const status = await call(`${url}/health/ready`).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    await pause(LOOK_MS);
  }
}
