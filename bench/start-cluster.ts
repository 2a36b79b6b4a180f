/** The real server with several workers, on a database and a port of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { engines } from '../test/support/engines.js';
import { freePort } from '../test/support/free-port.js';
import { removeDataDir, type Server, startServer, temporaryDataDir } from './server.js';

const LOOK_MS = 50;
/** Of a restart: each worker's start, and half a minute for what is in flight at the old one. */
const RESTART_LIMIT_MS = 180_000;

export interface Cluster {
  readonly engine: string;
  readonly server: Server;
  /** Process ids. */
  workers(): number[];
  /** Sets what .env holds, sends SIGHUP and waits until all are replaced. @returns milliseconds. @throws Error when they are not */
  restart(file?: Record<string, string>): Promise<number>;
  /** Connections to the database's server; undefined: it has none. */
  databaseConnections(): Promise<number | undefined>;
  remove(): Promise<void>;
}

/** PostgreSQL where TEST_POSTGRESQL_URL names one, else SQLite. */
export async function startCluster(
  workers: number,
  env: Record<string, string> = {},
  file: Record<string, string> = {},
): Promise<Cluster> {
  const engine =
    engines.find((one) => one.engine === 'postgresql') ?? engines.find((one) => one.engine === 'sqlite');
  if (!engine) throw new Error('There is no engine.');
  const database = await engine.createDatabase();
  const dataDir = await temporaryDataDir();
  const set = (settings: Record<string, string>) =>
    writeFile(
      join(dataDir, '.env'),
      Object.entries(settings)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
  await set(file);
  const server = await startServer(dataDir, {
    DATABASE_URL: database.url,
    WEB_CONCURRENCY: String(workers),
    // The gateway calls the simulator of the same server, which it knows by its port.
    PORT: String(await freePort()),
    UNSAFE_RATE_LIMIT_OFF: '1',
    ...env,
  });
  const pid = server.process.pid as number;
  const children = () =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  return {
    engine: engine.name,
    server,
    workers: children,
    restart: async (settings) => {
      if (settings) await set(settings);
      const before = children();
      const startedMs = performance.now();
      server.process.kill('SIGHUP');
      while (children().some((child) => before.includes(child)) || children().length !== before.length) {
        if (performance.now() - startedMs > RESTART_LIMIT_MS)
          throw new Error(`The workers were not replaced:\n${server.output().slice(-2_000)}`);
        await pause(LOOK_MS);
      }
      return performance.now() - startedMs;
    },
    databaseConnections: async () => {
      if (engine.engine !== 'postgresql') return undefined;
      const [row] = await database.query(
        'SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
      return Number(row?.n);
    },
    remove: async () => {
      await server.stop();
      await database.drop();
      await removeDataDir(dataDir);
    },
  };
}

/** Open files and sockets of a process (proc(5)). */
export const handlesOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;
