/** The users part on FastAPI (bench/peers/fastapi_users.py) as a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { findPython } from './find-python.js';
import type { Subject } from './subject.js';

const program = fileURLToPath(new URL('./peers/fastapi_users.py', import.meta.url));
const versions = `import platform, fastapi, uvicorn, asyncpg, jwt, uvloop, httptools
print(f"FastAPI {fastapi.__version__}, uvicorn {uvicorn.__version__}, asyncpg {asyncpg.__version__}, PyJWT {jwt.__version__}, Python {platform.python_version()}")`;

export const MISSING_FASTAPI_USERS =
  'FastAPI is missing: no Python here has fastapi, uvicorn, uvloop, httptools, asyncpg and PyJWT (Debian: python3-fastapi, python3-uvicorn, python3-uvloop, python3-httptools, python3-asyncpg, python3-jwt; or PYTHON names one)';

/** The Python that has all of it, and their versions. */
export const findFastApiUsers = () => findPython(versions);

/** @throws Error when it ends instead of serving */
export async function startFastApiUsers(python: string, env: Record<string, string>): Promise<Subject> {
  const child = spawn(python, [program], {
    env: { PATH: process.env.PATH, TZ: 'UTC', PYTHONDONTWRITEBYTECODE: '1', ...env },
    // Whatever it logs goes nowhere, which costs it what a pipe would.
    stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
  });
  const ended = once(child, 'exit').then(() =>
    Promise.reject(new Error('FastAPI ended while it was measured')),
  );
  ended.catch(() => undefined);
  const lines = createInterface({ input: child.stdio[3] as Readable });
  const nextLine = async (): Promise<Record<string, number>> => {
    const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
    return JSON.parse(line);
  };
  const { port } = await nextLine();
  return {
    name: 'FastAPI',
    port: port as number,
    pid: child.pid as number,
    headers: '',
    loopDelayMs: async () => {
      const line = nextLine();
      child.stdin?.write('loop delay\n');
      return (await line).loopDelayMs as number;
    },
    stop: async () => {
      child.stdin?.end();
      await ended.catch(() => undefined);
    },
  };
}
