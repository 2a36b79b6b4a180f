import type { ClientConfig } from 'pg';
import type { ServerUrl } from '../../database-url.js';
import { tlsOptions } from '../tls-options.js';

/** Instants as the driver reads them, and tables where Prisma means them. */
const SESSION_OPTIONS = '-c DateStyle=ISO -c TimeZone=UTC -c search_path=public';

/** One connection of the native driver. The URL says it all, not PGPASSWORD, PGOPTIONS or .pgpass (PGOPTIONS is heeded behind a pooler). */
export function clientConfig(url: ServerUrl, connectTimeoutMs: number): ClientConfig {
  return {
    host: url.host,
    port: url.port,
    user: url.user,
    // As a function, or the driver would take an empty one for none and look into PGPASSWORD and .pgpass.
    password: () => url.password ?? '',
    enableChannelBinding: url.hasChannelBinding,
    // Whatever the role or the database has set otherwise; a pooler would refuse it.
    ...(url.hasSessions && { options: SESSION_OPTIONS }),
    database: url.database,
    ssl: tlsOptions(url),
    application_name: 'farebox',
    connectionTimeoutMillis: Math.max(1, Math.ceil(connectTimeoutMs)),
    keepAlive: true,
  };
}
