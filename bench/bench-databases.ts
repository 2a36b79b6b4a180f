/** An engine's databases for the two sides of a bench, in a server or folder of their own, gone afterwards. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'libsql';
import { isAvailable, ThrowawayServer } from '../test/support/throwaway-server.js';

export type BenchEngine = 'sqlite' | 'postgresql' | 'mysql';

interface BenchDatabases {
  /** With its version, as people know it. */
  product: string;
  /** As DATABASE_URL has it; one for each side. */
  urls: readonly [string, string];
  /** Runs one statement on one of them. */
  query(url: string, sql: string): Promise<Record<string, unknown>[]>;
  remove(): Promise<void>;
}

/** Those whose programs are there. */
export const benchEngines = (): BenchEngine[] =>
  (['sqlite', 'postgresql', 'mysql'] as const).filter((engine) => engine === 'sqlite' || isAvailable(engine));

export async function openBenchDatabases(engine: BenchEngine): Promise<BenchDatabases> {
  return engine === 'sqlite' ? sqlite() : server(engine);
}

async function sqlite(): Promise<BenchDatabases> {
  const folder = await mkdtemp(join(tmpdir(), 'farebox-bench-'));
  const query = async (url: string, sql: string) => {
    const database = new Sqlite(url.slice('file:'.length), { timeout: 1_000 });
    try {
      const statement = database.prepare(sql);
      if (statement.reader) return statement.all([]) as Record<string, unknown>[];
      statement.run([]);
      return [];
    } finally {
      database.close();
    }
  };
  const urls = [`file:${join(folder, 'a.db')}`, `file:${join(folder, 'b.db')}`] as const;
  const [row] = await query(`file:${join(folder, 'version.db')}`, 'SELECT sqlite_version() AS version');
  return {
    product: `SQLite ${row?.version}`,
    urls,
    query,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function server(engine: 'postgresql' | 'mysql'): Promise<BenchDatabases> {
  const started = await ThrowawayServer.start(engine);
  const query = async (url: string, sql: string) =>
    (await started.query(sql, url)) as Record<string, unknown>[];
  const second = new URL(started.url);
  second.pathname = '/farebox_second';
  await query(started.url, 'CREATE DATABASE farebox_second');
  const [row] = await query(started.url, 'SELECT version() AS version');
  const product = String(row?.version);
  return {
    product: engine === 'postgresql' ? product.split(' ', 2).join(' ') : `MariaDB ${product.split('-')[0]}`,
    urls: [started.url, second.href],
    query,
    remove: () => started.remove(),
  };
}
