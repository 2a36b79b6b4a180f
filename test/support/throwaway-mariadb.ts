import { join } from 'node:path';
import { createConnection } from 'mariadb';
import type { ThrowawayEngine } from './throwaway-engine.js';

/** More than a busy machine needs. */
const CONNECT_TIMEOUT_MS = 10_000;
const socketIn = (folder: string) => join(folder, 'mariadb.sock');

export const throwawayMariadb: ThrowawayEngine = {
  name: 'MariaDB',
  programs: { install: 'mariadb-install-db', serve: 'mariadbd' },
  folders: () => ['/usr/sbin'],
  account: 'mysql',
  // Temporary tables of its own: a server that starts removes all that it finds, and those of another one's in /tmp too.
  // "normal": root with an empty password, over TCP too, instead of by Unix account.
  install: (dataDir) => [
    '--no-defaults',
    `--datadir=${dataDir}`,
    `--tmpdir=${dataDir}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ],
  serve: ({ folder, dataDir, port, maxConnections }) => [
    '--no-defaults',
    `--datadir=${dataDir}`,
    `--tmpdir=${folder}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--socket=${socketIn(folder)}`,
    `--pid-file=${join(folder, 'mariadb.pid')}`,
    `--max-connections=${maxConnections}`,
    '--skip-name-resolve',
    '--innodb-flush-log-at-trx-commit=1',
    '--innodb-buffer-pool-size=16M',
    '--innodb-log-file-size=16M',
  ],
  serveTls: (certificateFile, keyFile) => [`--ssl-cert=${certificateFile}`, `--ssl-key=${keyFile}`],
  fast: 'SIGTERM',
  // It has no such mode; what the kernel does to it comes to the same.
  immediate: 'SIGKILL',
  socket: socketIn,
  url: (port, database) => `mysql://root@127.0.0.1:${port}/${database}`,
  firstDatabase: 'mysql',
  query: async (url, sql) => {
    const { hostname, port, username, pathname } = new URL(url);
    const connection = await createConnection({
      host: hostname,
      port: Number(port),
      user: username,
      database: pathname.slice(1),
      connectTimeout: CONNECT_TIMEOUT_MS,
      initSql: `SET SESSION sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')`,
    });
    try {
      return await connection.query(sql);
    } finally {
      connection.destroy();
    }
  },
};
