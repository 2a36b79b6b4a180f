/**
 * Configuration comes from the environment only, is read once, and is checked whole:
 * every bad or missing value gets a line of its own. This file is pure: it touches neither
 * `process.env` nor the disk. `.env.example`, the README table and `npm run config` are made from `settings`.
 */
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { type DatabaseUrlError, parseDatabaseUrl } from './database-url.js';

export type Environment = Record<string, string | undefined>;
export type Mode = 'development' | 'production';

/** One environment variable: what it means, what holds without it, what it must look like. */
interface Setting<T> {
  readonly about: string;
  /** The value as one would write it, by mode, and in a deployed function; `undefined`: none. */
  readonly default: (mode: Mode, isFunction: boolean) => string | undefined;
  readonly schema: z.ZodType<T, string>;
  readonly secret?: true;
}

const setting = <T>(
  about: string,
  fallback: string | undefined | Setting<T>['default'],
  schema: z.ZodType<T, string>,
  secret?: true,
): Setting<T> => ({
  about,
  default: typeof fallback === 'function' ? fallback : () => fallback,
  schema,
  ...(secret && { secret }),
});

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);

const oneOf = <const T extends string>(...values: T[]) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });

const flag = oneOf('0', '1').transform((value) => value === '1');
const onOff = oneOf('on', 'off').transform((value) => value === 'on');

const origins = z.string().transform((text, context) => {
  const list = text.split(',').map((origin) => origin.trim());
  for (const origin of list) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      context.addIssue(`must list origins such as https://app.example.org, comma-separated`);
      return z.NEVER;
    }
  }
  return list;
});

const MIN_SECRET_BYTES = 32;
/** Fewer different characters than this in 32 bytes is a key somebody typed, not a random one. */
const MIN_SECRET_CHARACTERS = 10;
const secrets = z.string().transform((text, context) => {
  const list = text.split(',').map((secret) => secret.trim());
  const weak = list.some(
    (secret) => Buffer.byteLength(secret) < MIN_SECRET_BYTES || new Set(secret).size < MIN_SECRET_CHARACTERS,
  );
  if (weak) {
    context.addIssue(
      `must hold random strings of at least ${MIN_SECRET_BYTES} bytes each, comma-separated; make one with: openssl rand -base64 32`,
    );
    return z.NEVER;
  }
  return list;
});

/** Normalised: a relative file: path becomes absolute. */
const databaseUrl = z.string().transform((text, context) => {
  try {
    const url = parseDatabaseUrl(text);
    return url.engine === 'sqlite' ? `file:${url.path}` : text;
  } catch (error) {
    context.addIssue((error as DatabaseUrlError).message);
    return z.NEVER;
  }
});

/** Becomes part of a file: URL, in which these two would end the path. */
const path = z
  .string()
  .transform((text) => resolve(text))
  .refine((text) => !/[?#]/.test(text), 'must not lie in a folder with ? or # in its name');

/** Every setting there is. The order is the one of `.env.example` and of the README's table. */
export const settings = {
  PORT: setting('TCP port to listen on; 0 picks a free one', '3000', wholeNumber(0, 65_535)),
  HOST: setting(
    'Address to listen on. Outside production only a loopback address is allowed',
    (mode) => (mode === 'production' ? '0.0.0.0' : '127.0.0.1'),
    z
      .string()
      .refine((host) => isIP(host) > 0 || host === 'localhost', 'must be an IP address or "localhost"')
      // The name may stand for two addresses, and then for two servers, of which one would lack our rules.
      .transform((host) => (host === 'localhost' ? '127.0.0.1' : host)),
  ),
  DATABASE_URL: setting(
    'Where the data lives: file:/path/to/file.db (SQLite), postgresql://user:password@host/database or mysql://user:password@host/database. Development: farebox.db in DATA_DIR; production: required',
    undefined,
    databaseUrl,
    true,
  ),
  DATA_DIR: setting(
    'Folder of the development database and secrets',
    (mode) => (mode === 'production' ? undefined : '.data'),
    path,
  ),
  DATABASE_TIMEOUT_MS: setting(
    'Milliseconds a request may wait for the database in all; beyond it the answer is 503',
    '5000',
    wholeNumber(10, 60_000),
  ),
  DATABASE_POOL_MAX: setting(
    'Connections to a database server at the same time, a process. Times the processes (npm run doctor), less than the server allows. In functions 2; SQLite has its own',
    (_mode, isFunction) => (isFunction ? '2' : '10'),
    wholeNumber(1, 1_000),
  ),
  DATABASE_IDLE_MS: setting(
    'Milliseconds after which a connection to a database server that nobody uses is closed',
    '10000',
    wholeNumber(10, 3_600_000),
  ),
  MIGRATE_ON_START: setting(
    '1: apply pending migrations before serving. 0: readiness is 503 MIGRATIONS_PENDING until "npm run db:migrate" has run',
    (mode) => (mode === 'production' ? '0' : '1'),
    flag,
  ),
  SECRETS: setting(
    'Random strings of at least 32 bytes, comma-separated; the first signs, all verify. Development makes its own; production: required',
    undefined,
    secrets,
    true,
  ),
  SIGNUP: setting(
    'open: anybody may create a user. closed: admins are made by "npm run admin", and admins make users',
    (mode) => (mode === 'production' ? 'closed' : 'open'),
    oneOf('open', 'closed'),
  ),
  DOCS: setting('on or off: /openapi.json and the page /docs', 'on', onOff),
  CORS_ORIGINS: setting(
    'Origins whose pages may call the API, comma-separated; none without it',
    undefined,
    origins,
  ),
  TRUST_PROXY: setting(
    'Number of reverse proxies in front whose X-Forwarded-* fields are believed',
    '0',
    wholeNumber(0, 10),
  ),
  LOG_LEVEL: setting(
    'Least level that is logged',
    'info',
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
  ),
  UNSAFE_PUBLIC_DEVELOPMENT: setting(
    '1: let development mode listen on an address that others can reach, open sign-up and all',
    '0',
    flag,
  ),
} satisfies Record<string, Setting<unknown>>;

type SettingName = keyof typeof settings;

/** Names that the contract knows but that have no effect yet; setting one earns a warning, not silence. */
const notYetBuilt =
  /^(WEB_CONCURRENCY|RATE_LIMIT_\w+|UNSAFE_RATE_LIMIT_OFF|METRICS_TOKEN|CONSOLE|LAB|SIM|(UNSAFE_)?CLASSIC_\w+|OUTBOUND_\w+)$/;

/** What the checked configuration is injected by. */
export const CONFIG = Symbol('config');

/** The checked configuration. Durations in milliseconds, paths absolute. */
export interface Config {
  readonly mode: Mode;
  /** A deployed function: it serves one request at a time, beside many like it. */
  readonly isFunction: boolean;
  readonly port: number;
  readonly host: string;
  readonly database: {
    /** As `parseDatabaseUrl` takes it. */
    readonly url: string;
    readonly timeoutMs: number;
    readonly poolMax: number;
    readonly idleMs: number;
  };
  /** Undefined only in production. */
  readonly dataDir: string | undefined;
  readonly migrateOnStart: boolean;
  /** Empty only in development: the start makes one and keeps it in `dataDir`. */
  readonly secrets: readonly string[];
  readonly isSignupOpen: boolean;
  readonly hasDocs: boolean;
  readonly corsOrigins: readonly string[];
  readonly trustedProxyHops: number;
  readonly logLevel: string;
  /** Sentences the operator should read at start. */
  readonly warnings: readonly string[];
}

/** The environment cannot be used. `lines` holds one sentence a bad or missing value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly lines: readonly string[]) {
    super(`The configuration cannot be used:\n${lines.map((line) => `  ${line}`).join('\n')}`);
  }
}

/** Production when NODE_ENV says so or when the process is a deployed function. */
export function modeOf(env: Environment): Mode {
  return env.NODE_ENV === 'production' || isFunction(env) ? 'production' : 'development';
}

/** Whether the process is a deployed function: it serves one request at a time, beside many like it. */
export function isFunction(env: Environment): boolean {
  return Boolean(env.AWS_LAMBDA_FUNCTION_NAME);
}

/** A value as it may stand in one line. */
const shown = (value: string): string => JSON.stringify(value.slice(0, 100)).slice(1, -1);

/** Whether only this machine can reach `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/i.test(host);
}

type Values = { [K in SettingName]: z.output<(typeof settings)[K]['schema']> | undefined };

/**
 * Reads the whole configuration. An empty variable counts as not set.
 * @throws ConfigError with one line for every bad or missing value
 */
export function readConfig(env: Environment): Config {
  const mode = modeOf(env);
  const lines: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, { schema, default: fallback, secret }] of Object.entries(settings)) {
    const given = env[name] || fallback(mode, isFunction(env));
    if (given === undefined) continue;
    const parsed = schema.safeParse(given);
    if (parsed.success) values[name] = parsed.data;
    else
      for (const issue of parsed.error.issues)
        lines.push(`${name}${secret ? '' : `=${shown(given)}`}: ${issue.message}`);
  }
  const value = values as Values;

  if (mode === 'production') {
    if (!env.DATABASE_URL) lines.push('DATABASE_URL: is required in production');
    if (!env.SECRETS) lines.push('SECRETS: is required in production');
  } else if (value.HOST !== undefined && !isLoopback(value.HOST) && !value.UNSAFE_PUBLIC_DEVELOPMENT) {
    lines.push(
      `HOST=${value.HOST}: development listens on loopback only; set NODE_ENV=production, or UNSAFE_PUBLIC_DEVELOPMENT=1 if you mean it`,
    );
  }
  if (lines.length > 0) throw new ConfigError(lines);

  return {
    mode,
    isFunction: isFunction(env),
    port: value.PORT as number,
    host: value.HOST as string,
    database: {
      url: value.DATABASE_URL ?? `file:${join(value.DATA_DIR as string, 'farebox.db')}`,
      timeoutMs: value.DATABASE_TIMEOUT_MS as number,
      poolMax: value.DATABASE_POOL_MAX as number,
      idleMs: value.DATABASE_IDLE_MS as number,
    },
    dataDir: value.DATA_DIR,
    migrateOnStart: value.MIGRATE_ON_START as boolean,
    secrets: value.SECRETS ?? [],
    isSignupOpen: value.SIGNUP === 'open',
    hasDocs: value.DOCS as boolean,
    corsOrigins: value.CORS_ORIGINS ?? [],
    // A function is told by the event who is calling, and under which name: what a field adds is the caller's word.
    trustedProxyHops: isFunction(env) ? 0 : (value.TRUST_PROXY as number),
    logLevel: value.LOG_LEVEL as string,
    warnings: warningsFor(env),
  };
}

function warningsFor(env: Environment): string[] {
  const set = Object.keys(env)
    .filter((name) => env[name])
    .sort();
  const mode = env.NODE_ENV;
  return [
    ...(mode && !['production', 'development', 'test'].includes(mode)
      ? [`NODE_ENV=${shown(mode)} is none of production, development and test: this is ${modeOf(env)} mode`]
      : []),
    ...set
      .filter((name) => name in settings && name.startsWith('UNSAFE_') && env[name] !== '0')
      .map((name) => `${name} is on: ${settings[name as SettingName].about.replace(/^1: /, '')}`),
    ...(isFunction(env) && Number(env.TRUST_PROXY) > 0
      ? [
          `TRUST_PROXY=${shown(env.TRUST_PROXY as string)} has no effect in a function: the event says who is calling`,
        ]
      : []),
    ...set
      .filter((name) => notYetBuilt.test(name))
      .map((name) => `${name} is set but has no effect in this version`),
  ];
}
