import type { ConnectionConfig } from 'mariadb';
import type { ServerUrl } from '../../database-url.js';
import { tlsOptions } from '../tls-options.js';

/**
 * What a session is told first. ANSI_QUOTES, so that one SQL speaks of "User" to every engine; strict, or the
 * server would cut what is too long; READ COMMITTED, as on
 * PostgreSQL, so that what is read after a lock is what the lock's last holder left.
 */
const SESSION_SQL = [
  `SET SESSION sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00'`,
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
];

/** One connection of the native driver. */
export function connectionConfig(url: ServerUrl, connectTimeoutMs: number): ConnectionConfig {
  const tls = tlsOptions(url);
  return {
    ...(url.host.startsWith('/') ? { socketPath: url.host } : { host: url.host, port: url.port }),
    user: url.user,
    ...(url.password !== undefined && { password: url.password }),
    database: url.database,
    ssl: tls,
    // MySQL's default login sends the password under the server's key; on this machine nobody can put in another.
    allowPublicKeyRetrieval: tls === false,
    charset: 'utf8mb4',
    connectTimeout: Math.max(1, Math.ceil(connectTimeoutMs)),
    initSql: SESSION_SQL,
    permitLocalInfile: false,
  };
}
