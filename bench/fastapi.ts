/** FastAPI on uvicorn, as Debian has them (python3-fastapi, python3-uvicorn, python3-uvloop, python3-httptools) or as PYTHON has. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { fileURLToPath } from 'node:url';
import { freePort } from '../test/support/free-port.js';
import { call } from './client.js';
import { endWithUs } from './end-with-us.js';
import { findPython } from './find-python.js';
import type { Subject } from './subject.js';

const folder = fileURLToPath(new URL('./peers/', import.meta.url));
const versions =
  'import platform, fastapi, uvicorn; print(f"FastAPI {fastapi.__version__}, uvicorn {uvicorn.__version__}, Python {platform.python_version()}")';
/** uvicorn hangs up on a connection that has been idle for 5 s. */
const newEach = new Agent({ keepAlive: false });
const START_LIMIT_MS = 20_000;

interface FastApiOptions {
  /** Of the pool of each process. */
  threads: number;
  processes?: number;
  /** Without the tutorials' middleware, which adds X-Process-Time; Farebox sends that too. */
  isBare?: boolean;
}

interface FastApi {
  /** With versions; undefined: no Python here has it. */
  product: string | undefined;
  start(options: FastApiOptions): Promise<Subject>;
}

/** Asks the Pythons there are for it, once. */
export function findFastApi(): FastApi {
  const found = findPython(versions);
  if (found) return { product: found.product, start: (options) => start(found.python, options) };
  return { product: undefined, start: () => Promise.reject(new Error(MISSING_FASTAPI)) };
}

export const MISSING_FASTAPI =
  'FastAPI is missing: no Python here has fastapi and uvicorn (Debian: python3-fastapi, python3-uvicorn, python3-uvloop, python3-httptools; or PYTHON names one)';

/** One uvicorn, or several behind one port. It logs a line a request, as Farebox does, to where nobody reads. */
async function start(python: string, { threads, processes = 1, isBare = false }: FastApiOptions) {
  const port = await freePort();
  const child = spawn(
    python,
    [
      '-m',
      'uvicorn',
      'fastapi_waits:app',
      '--port',
      `${port}`,
      // Not its own 5 s: anyio's pool serves the newest request first, and a caller who waits for longer was hung up on.
      '--timeout-keep-alive',
      '60',
      ...(processes > 1 ? ['--workers', `${processes}`] : []),
    ],
    {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        THREADS: `${threads}`,
        PROCESS_TIME: isBare ? '0' : '1',
        PYTHONDONTWRITEBYTECODE: '1',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  endWithUs(child);
  const ended = once(child, 'exit');
  let said = '';
  const startedMs = performance.now();
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.stderr.on('data', (chunk) => {
      said += chunk;
      if ((said.match(/startup complete/g)?.length ?? 0) >= processes) resolve();
      if (performance.now() - startedMs > START_LIMIT_MS)
        reject(new Error(`uvicorn does not start: ${said}`));
    });
    void ended.then(() => reject(new Error(`uvicorn has ended: ${said}`)));
  });
  const url = `http://127.0.0.1:${port}/loop-delay`;
  return {
    name: isBare ? 'bare FastAPI' : 'FastAPI',
    port,
    pid: child.pid as number,
    headers: '',
    ...(processes === 1 && {
      loopDelayMs: async () =>
        (JSON.parse((await call(url, { agent: newEach })).body) as { p99Ms: number }).p99Ms,
    }),
    stop: async () => {
      child.kill();
      await ended;
    },
  } satisfies Subject;
}
