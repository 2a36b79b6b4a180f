/**
 * What DATABASE_URL says: the engine by its scheme, and where and how to reach it. Pure: nothing is opened.
 * A parameter we do not know is refused, because a misspelt one (sslmod=…) would weaken what it meant to mend.
 */
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { parseUrl } from './parse-url.js';

export type Engine = 'sqlite' | 'postgresql' | 'mysql';

export interface SqliteUrl {
  readonly engine: 'sqlite';
  /** Absolute. */
  readonly path: string;
}

export interface ServerUrl {
  readonly engine: 'postgresql' | 'mysql';
  /** A name, an address, or (absolute path) the folder or file of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
  /** `off`: plain. `verified`: the certificate and the host's name. `authority`: the certificate only. `unverified`: neither. */
  readonly tls: 'off' | 'verified' | 'authority' | 'unverified';
  /** PEM file of the authorities to trust; those that Node.js brings without it. */
  readonly authorityFile: string | undefined;
  /** PostgreSQL: whether the login is bound to the TLS connection where the server can do so. */
  readonly hasChannelBinding: boolean;
  /** Whether sessions may keep state between transactions: not behind a transaction pooler (pgbouncer=true). */
  readonly hasSessions: boolean;
}

export type DatabaseUrl = SqliteUrl | ServerUrl;

/** The URL cannot be used; the message names the part and the rule and never repeats a password. */
class DatabaseUrlError extends Error {
  override readonly name = 'DatabaseUrlError';
}

const FORMS =
  'must be file:/path/to/file.db (SQLite), postgresql://user@host/database or mysql://user@host/database';

const schemes: Record<string, ServerUrl['engine']> = {
  'postgresql:': 'postgresql',
  'postgres:': 'postgresql',
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
};

/** IANA's registered ports. */
const ports = { postgresql: 5432, mysql: 3306 };

/** libpq's words (https://www.postgresql.org/docs/current/libpq-ssl.html); `require` verifies too, as the driver means to. */
const postgresqlTls: Record<string, ServerUrl['tls']> = {
  disable: 'off',
  require: 'verified',
  'verify-full': 'verified',
  'verify-ca': 'authority',
  'no-verify': 'unverified',
};

/** MySQL's words (https://dev.mysql.com/doc/refman/8.4/en/connection-options.html#option_general_ssl-mode). */
const mysqlTls: Record<string, ServerUrl['tls']> = {
  DISABLED: 'off',
  REQUIRED: 'verified',
  VERIFY_IDENTITY: 'verified',
  VERIFY_CA: 'authority',
};

/**
 * The absolute path of the file that a `file:` URL names; undefined for any other URL.
 * Not in memory: two connections share the file.
 */
function sqlitePath(url: string): string | undefined {
  const path = /^file:(?:\/\/(?=\/))?([^?#]+)$/.exec(url)?.[1];
  return path === undefined || path.includes(':memory:') ? undefined : resolve(path);
}

/** @throws DatabaseUrlError */
export function parseDatabaseUrl(text: string): DatabaseUrl {
  if (text.startsWith('file:')) {
    const path = sqlitePath(text);
    if (path === undefined)
      throw new DatabaseUrlError(
        'must be a file: URL of an SQLite file, such as file:/var/lib/farebox/farebox.db',
      );
    return { engine: 'sqlite', path };
  }
  const url = parseUrl(text);
  const engine = url && schemes[url.protocol];
  if (!url || !engine) throw new DatabaseUrlError(FORMS);
  return serverUrl(url, engine);
}

/** Where the data lives, in words without secrets. @param text as `parseDatabaseUrl` takes it */
export function describeDatabase(text: string): string {
  const url = parseDatabaseUrl(text);
  if (url.engine === 'sqlite') return url.path;
  const name = url.engine === 'postgresql' ? 'PostgreSQL' : 'MySQL';
  return `${name}, database ${url.database} at ${url.host}${url.host.startsWith('/') ? '' : `:${url.port}`}`;
}

function serverUrl(url: URL, engine: ServerUrl['engine']): ServerUrl {
  const parameters = readParameters(url, engine);
  const socket = parameters.get(engine === 'postgresql' ? 'host' : 'socketPath');
  if (socket !== undefined && !socket.startsWith('/'))
    throw new DatabaseUrlError('host and socketPath take the absolute path of a Unix socket');
  const host = socket ?? decode(url.hostname).replace(/^\[(.*)\]$/, '$1');
  if (host === '') throw new DatabaseUrlError('names no host');
  if (url.port === '0') throw new DatabaseUrlError('must have a port from 1 to 65535');
  if (url.username === '') throw new DatabaseUrlError('names no user');
  const database = decode(url.pathname.slice(1));
  if (database === '' || database.includes('/')) throw new DatabaseUrlError('must end with /database');
  return {
    engine,
    host,
    port: url.port === '' ? ports[engine] : Number(url.port),
    user: decode(url.username),
    password: url.password === '' ? undefined : decode(url.password),
    database,
    ...readTls(parameters, engine, isLocal(host)),
    hasChannelBinding: oneOf(parameters, 'channel_binding', ['disable', 'prefer', 'require']) !== 'disable',
    hasSessions: oneOf(parameters, 'pgbouncer', ['true', 'false']) !== 'true',
  };
}

const parameterNames = {
  postgresql: ['sslmode', 'sslrootcert', 'host', 'pgbouncer', 'schema', 'channel_binding'],
  mysql: ['ssl-mode', 'ssl-ca', 'socketPath'],
};

function readParameters(url: URL, engine: ServerUrl['engine']): Map<string, string> {
  // Else what follows may be part of a password, and would be shown.
  if (url.hash !== '' || url.search.includes('@'))
    throw new DatabaseUrlError('holds a #, ? or @ that is part of a name or password: write %23, %3F, %40');
  const parameters = new Map(url.searchParams);
  const known = parameterNames[engine];
  if (parameters.size !== [...url.searchParams].length)
    throw new DatabaseUrlError('has the same parameter twice');
  for (const name of parameters.keys())
    if (!known.includes(name))
      throw new DatabaseUrlError(
        `has the parameter ${JSON.stringify(name.slice(0, 40))}; known are ${known.join(', ')}` +
          (name === 'connection_limit' ? ' (its work is done by DATABASE_POOL_MAX)' : ''),
      );
  // Prisma's examples and hosted databases write these; they ask for what we do anyway.
  if ((parameters.get('schema') ?? 'public') !== 'public')
    throw new DatabaseUrlError('schema must be public');
  return parameters;
}

function oneOf(parameters: Map<string, string>, name: string, words: string[]): string | undefined {
  const given = parameters.get(name);
  if (given !== undefined && !words.includes(given))
    throw new DatabaseUrlError(`${name} must be one of ${words.join(', ')}`);
  return given;
}

function readTls(parameters: Map<string, string>, engine: ServerUrl['engine'], isOnThisMachine: boolean) {
  const [name, words, file] =
    engine === 'postgresql'
      ? (['sslmode', postgresqlTls, 'sslrootcert'] as const)
      : (['ssl-mode', mysqlTls, 'ssl-ca'] as const);
  const given = parameters.get(name);
  const tls = given === undefined ? (isOnThisMachine ? 'off' : 'verified') : words[given];
  if (tls === undefined)
    throw new DatabaseUrlError(`${name} must be one of ${Object.keys(words).join(', ')}`);
  const authority = parameters.get(file);
  if (authority === '') throw new DatabaseUrlError(`${file} must name a file`);
  // libpq's word for the authorities that the system trusts.
  return { tls, authorityFile: authority === 'system' ? undefined : authority };
}

/** What is sent there does not leave the machine. A name that happens to resolve to loopback is no promise. */
export function isLocal(host: string): boolean {
  return (
    host.startsWith('/') ||
    host === 'localhost' ||
    host === '::1' ||
    (isIP(host) === 4 && host.startsWith('127.'))
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new DatabaseUrlError('holds a malformed percent-encoding');
  }
}
