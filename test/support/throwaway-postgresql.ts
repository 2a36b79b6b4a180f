import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { ThrowawayEngine } from './throwaway-engine.js';

/** Debian's: one folder a version. */
const VERSIONS = '/usr/lib/postgresql';
/** More than a busy machine needs. */
const CONNECT_TIMEOUT_MS = 10_000;

export const throwawayPostgresql: ThrowawayEngine = {
  name: 'PostgreSQL',
  programs: { install: 'initdb', serve: 'postgres' },
  folders: () =>
    existsSync(VERSIONS)
      ? readdirSync(VERSIONS)
          .sort((a, b) => Number(b) - Number(a))
          .map((version) => join(VERSIONS, version, 'bin'))
      : [],
  account: 'postgres',
  // Only the empty folder is not synced; what is written later is.
  install: (dataDir) => [
    ...['--pgdata', dataDir, '--username', 'postgres', '--auth', 'trust'],
    ...['--encoding', 'UTF8', '--locale', 'C', '--no-sync', '--no-instructions'],
  ],
  serve: ({ folder, dataDir, port, maxConnections }) => [
    ...['-D', dataDir, '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-N', String(maxConnections)],
    ...['-B', '16MB', '-c', 'fsync=on', '-c', 'synchronous_commit=on', '-c', 'full_page_writes=on'],
  ],
  serveTls: (certificateFile, keyFile) => [
    ...['-c', 'ssl=on', '-c', `ssl_cert_file=${certificateFile}`, '-c', `ssl_key_file=${keyFile}`],
  ],
  fast: 'SIGINT',
  immediate: 'SIGQUIT',
  socket: (folder) => folder,
  url: (port, database) => `postgresql://postgres@127.0.0.1:${port}/${database}`,
  firstDatabase: 'postgres',
  query: async (url, sql) => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
    // A connection that breaks says so to the query as well.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  },
};
