import type { ClientConfig } from 'pg';
import type { ServerUrl } from '../../database-url.js';
import { tlsOptions } from '../tls-options.js';

/** One connection of the native driver. Nothing is taken from PG* variables or .pgpass: the URL says it all. */
export function clientConfig(url: ServerUrl, connectTimeoutMs: number): ClientConfig {
  return {
    host: url.host,
    port: url.port,
    user: url.user,
    password: url.password ?? '',
    database: url.database,
    ssl: tlsOptions(url),
    application_name: 'farebox',
    connectionTimeoutMillis: Math.max(1, Math.ceil(connectTimeoutMs)),
    keepAlive: true,
  };
}
