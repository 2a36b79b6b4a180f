/**
 * Configuration comes from the environment only, is read once, and is checked whole:
 * every bad or missing value gets a line of its own. This file is pure: it touches neither
 * `process.env` nor the disk. `.env.example`, the README table and `npm run config` are made from `settings`.
 */
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { parseDatabaseUrl } from './database-url.js';
import { nearestName } from './nearest-name.js';
import { parseUrl } from './parse-url.js';
import { type PortRange, parsePorts, parseTargetList, type TargetEntry } from './target-list.js';

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
    if (parseUrl(origin)?.origin !== origin) {
      context.addIssue(`must list origins such as https://app.example.org, comma-separated`);
      return z.NEVER;
    }
  }
  return list;
});

const isHttp = (text: string) => /^https?:$/.test(parseUrl(text)?.protocol ?? '');
const httpUrl = z.string().refine(isHttp, 'must be an http or https URL');
const httpOrigin = z
  .string()
  .refine(
    (text) => isHttp(text) && parseUrl(text)?.origin === text,
    'must be an origin such as http://127.0.0.1:3000, without a path',
  );

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

/** What `parse` makes of the text; what it throws is what is wrong. */
const parsedBy = <T>(parse: (text: string) => T) =>
  z.string().transform((text, context) => {
    try {
      return parse(text);
    } catch (error) {
      context.addIssue((error as Error).message);
      return z.NEVER;
    }
  });

/** Normalised: a relative file: path becomes absolute. @throws DatabaseUrlError */
const databaseUrl = parsedBy((text) => {
  const url = parseDatabaseUrl(text);
  return url.engine === 'sqlite' ? `file:${url.path}` : text;
});

/** As `dns.setServers` takes them: an address, in brackets where it is IPv6 with a port. */
const resolverAddresses = parsedBy((text) =>
  text.split(',').map((part) => {
    const address = part.trim();
    const [, bracketed, bare, port = '53'] = /^(?:\[(.+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(address) ?? [];
    const isAddress = isIP(address) > 0 || isIP(bracketed ?? '') === 6 || isIP(bare ?? '') === 4;
    if (!isAddress || Number(port) < 1 || Number(port) > 65_535)
      throw new Error('must list addresses of DNS resolvers, each with a :port if need be, comma-separated');
    return address;
  }),
);

/** Becomes part of a file: URL, in which these two would end the path. */
const path = z
  .string()
  .transform((text) => resolve(text))
  .refine((text) => !/[?#]/.test(text), 'must not lie in a folder with ? or # in its name');

/** Nothing slows down who guesses at it: of random letters and digits, this many are out of reach (95 bits). */
const MIN_METRICS_TOKEN_LENGTH = 16;
const metricsToken = z.string().refine(
  // RFC 6750, 2.1: what a bearer token may hold.
  (token) => token.length >= MIN_METRICS_TOKEN_LENGTH && /^[A-Za-z0-9._~+/-]+=*$/.test(token),
  `must be a random string of at least ${MIN_METRICS_TOKEN_LENGTH} letters, digits and . _ ~ + / - (= only at its end); make one with: openssl rand -base64 24`,
);

/** At most `count` in each window of `seconds`. */
export interface RateLimit {
  readonly count: number;
  readonly seconds: number;
}

const MAX_RATE_COUNT = 1_000_000;
const MAX_RATE_SECONDS = 86_400;
const rateLimit = parsedBy((text): RateLimit => {
  const [, count = 0, seconds = 0] = (/^(\d{1,7})\/(\d{1,5})$/.exec(text.trim()) ?? []).map(Number);
  if (count < 1 || count > MAX_RATE_COUNT || seconds < 1 || seconds > MAX_RATE_SECONDS)
    throw new Error(
      `must be count/seconds such as 20/3600: 1 to ${MAX_RATE_COUNT} in 1 to ${MAX_RATE_SECONDS} seconds`,
    );
  return { count, seconds };
});

/** Wrong passwords for one email, where `RATE_LIMIT_LOGIN` names one limit only. */
const WRONG_PASSWORDS: RateLimit = { count: 5, seconds: 900 };
const loginLimits = parsedBy((text) => {
  const [address, email, ...more] = text.split(',').map((part) => rateLimit.safeParse(part));
  if (!address?.success || (email && !email.success) || more.length > 0)
    throw new Error('must be count/seconds of an address and of an email, such as 10/60,5/900');
  return { address: address.data, email: email?.data ?? WRONG_PASSWORDS };
});

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
  METRICS_TOKEN: setting(
    'What /metrics asks for (Authorization: Bearer ...). Without it /metrics is open in development and 404 in production; a function has none',
    undefined,
    metricsToken,
    true,
  ),
  DOCS: setting('on or off: /openapi.json and the page /docs', 'on', onOff),
  SIM: setting(
    'on or off: the simulator /sim, an upstream for demos and tests, open to anybody. In production it waits at most 10 s and sends at most 10 MiB a call',
    (mode) => (mode === 'production' ? 'off' : 'on'),
    onOff,
  ),
  LAB: setting(
    'on or off: /lab, where the same work is done every way, timed and priced. In production admins only',
    (mode) => (mode === 'production' ? 'off' : 'on'),
    onOff,
  ),
  LAB_THREADS: setting(
    'Worker threads of the lab and the classic routes; started when they are first asked for',
    '4',
    wholeNumber(1, 64),
  ),
  LAB_QUEUE_MAX: setting(
    'Requests that may wait for one of these threads; beyond it 503',
    '1000',
    wholeNumber(0, 100_000),
  ),
  CLASSIC_ROUTES: setting(
    '1: the routes of the well-known FastAPI tutorials (/wait, /fib, /items, ...), for their clients. In production UNSAFE_CLASSIC_ROUTES instead',
    '0',
    flag,
  ),
  CLASSIC_SELF: setting(
    'Where /all_items calls this server itself; its own address without it',
    undefined,
    httpOrigin,
  ),
  CLASSIC_UPSTREAM: setting(
    "What /external-api fetches, through the same guard as /v1/outbound; the simulator's /sim/items/1 without it",
    undefined,
    httpUrl,
  ),
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
  OUTBOUND_ALLOW: setting(
    'Targets that may be called although they are not public, or on another port: host, *.host, address or network/bits, each with a :port if need be, comma-separated',
    undefined,
    parsedBy(parseTargetList),
  ),
  OUTBOUND_DENY: setting(
    'Targets that may not be called, written as in OUTBOUND_ALLOW; wins over it',
    undefined,
    parsedBy(parseTargetList),
  ),
  OUTBOUND_PORTS: setting('Ports that may be called', '80,443,8000-8999', parsedBy(parsePorts)),
  OUTBOUND_MODE: setting(
    'enforce, or report: what only OUTBOUND_DENY or OUTBOUND_PORTS refuse is called all the same, and logged. An address that is not public is refused in either',
    'enforce',
    oneOf('enforce', 'report'),
  ),
  OUTBOUND_DNS: setting(
    "Addresses of the DNS resolvers that are asked for targets' names, comma-separated; the machine's own without it",
    undefined,
    resolverAddresses,
  ),
  OUTBOUND_MAX_BYTES: setting(
    "Most bytes of an upstream's body, as it comes over the wire and decoded",
    '4194304',
    wholeNumber(1_024, 104_857_600),
  ),
  OUTBOUND_MAX_TOTAL_BYTES: setting(
    'Most bytes of one answer of the gateway that is not streamed',
    '5242880',
    wholeNumber(1_024, 268_435_456),
  ),
  OUTBOUND_HOST_CONCURRENCY: setting(
    'Outbound calls at the same time to one host, a process; beyond it a single one is 429, those of a batch or crawl wait',
    '20',
    wholeNumber(1, 10_000),
  ),
  OUTBOUND_CALLS_PER_HOUR: setting(
    'Upstream calls an hour and user, redirects and repeats included, counted in the database by all processes together; beyond it 429',
    '10000',
    wholeNumber(1, 100_000_000),
  ),
  RATE_LIMIT_LOGIN: setting(
    'count/seconds,count/seconds: sign-ins from one address, and wrong passwords for one email (where the second is left out: 5/900). Counted in the database, by all processes together',
    '10/60,5/900',
    loginLimits,
  ),
  RATE_LIMIT_SIGNUP: setting(
    'count/seconds: sign-ups from one address. Counted in the database',
    '20/3600',
    rateLimit,
  ),
  RATE_LIMIT_REFRESH: setting(
    'count/seconds: refreshes of tokens from one address. Counted in the database',
    '60/60',
    rateLimit,
  ),
  RATE_LIMIT_PASSWORD: setting(
    'count/seconds: wrong current passwords, and emails that turned out to be taken, of one user who changes password or email. Counted in the database',
    '5/900',
    rateLimit,
  ),
  RATE_LIMIT_API: setting(
    'count/seconds: other requests of one user under /v1. Counted by each process in memory',
    '600/60',
    rateLimit,
  ),
  RATE_LIMIT_ANONYMOUS: setting(
    'count/seconds: other requests under /v1, and to the lab in production, without a valid token, from one address. Counted by each process in memory',
    '60/60',
    rateLimit,
  ),
  UNSAFE_RATE_LIMIT_OFF: setting(
    '1: count no requests: whoever wants to may guess passwords as fast as they are checked',
    '0',
    flag,
  ),
  MAX_LOOP_DELAY_MS: setting(
    'Milliseconds that the event loop may be late, averaged over half a second; while it is later, requests are refused with 503. 0: never. A function has no such limit',
    '500',
    wholeNumber(0, 60_000),
  ),
  LOOP_STALL_MS: setting(
    'Milliseconds without a break that a route may hold the event loop; longer, a line in the log names it. 0: none does',
    '200',
    wholeNumber(0, 60_000),
  ),
  WEB_CONCURRENCY: setting(
    'Processes that serve, on one port. SIGHUP replaces them one after another, with the settings in .env as they are then. A function is always one',
    '1',
    wholeNumber(1, 64),
  ),
  METRICS_EMF: setting(
    'on or off: in a function, a line for each request from which CloudWatch makes metrics',
    'on',
    onOff,
  ),
  LOG_LEVEL: setting(
    'Least level that is logged',
    'info',
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
  ),
  UNSAFE_CLASSIC_ROUTES: setting(
    '1: the classic routes in production: anybody may hold the event loop for as long as they like',
    '0',
    flag,
  ),
  UNSAFE_PUBLIC_DEVELOPMENT: setting(
    '1: let development mode listen on an address that others can reach, open sign-up and all',
    '0',
    flag,
  ),
} satisfies Record<string, Setting<unknown>>;

type SettingName = keyof typeof settings;

/** Names that the contract knows but that have no effect yet; setting one earns a warning, not silence. */
const notYetBuilt = /^CONSOLE$/;

/** Where a name that is none is a mistake: others may belong to whatever else runs here. */
const misspeltIn = /^((OUTBOUND|RATE_LIMIT|UNSAFE|MAX_LOOP|LAB|CLASSIC)_|WEB_CONC)/;

/** What the checked configuration is injected by. */
export const CONFIG = Symbol('config');

/** The checked configuration. Durations in milliseconds, paths absolute. */
export interface Config {
  readonly mode: Mode;
  /** A deployed function: it serves one request at a time, beside many like it. */
  readonly isFunction: boolean;
  /** Whether an answer goes out as it comes; else its door takes it whole, and of a limited size. */
  readonly canStream: boolean;
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
  /** Whether there is a `/metrics`. */
  readonly hasMetrics: boolean;
  /** What it asks for; undefined: nothing. */
  readonly metricsToken: string | undefined;
  readonly hasDocs: boolean;
  readonly hasSim: boolean;
  readonly hasLab: boolean;
  readonly lab: LabConfig;
  /** Undefined: there are none. */
  readonly classic: ClassicConfig | undefined;
  readonly corsOrigins: readonly string[];
  readonly trustedProxyHops: number;
  readonly outbound: OutboundConfig;
  /** Undefined: nothing is counted. */
  readonly rateLimits: RateLimits | undefined;
  /** Milliseconds, on the average; undefined: however late the event loop is, requests are taken. */
  readonly maxLoopDelayMs: number | undefined;
  /** Milliseconds of one route on the event loop that earn a line in the log; undefined: none do. */
  readonly loopStallMs: number | undefined;
  /** Processes that serve. */
  readonly workers: number;
  /** The function's name, where each of its requests leaves a line for CloudWatch's metrics. */
  readonly emfFunction: string | undefined;
  readonly logLevel: string;
  /** Sentences the operator should read at start. */
  readonly warnings: readonly string[];
}

/** The worker threads of the lab and the classic routes. */
interface LabConfig {
  readonly threads: number;
  /** Tasks that wait for one. */
  readonly queueMax: number;
}

interface ClassicConfig {
  /** The origin of this server as it calls itself; undefined: where it listens. */
  readonly self: string | undefined;
  /** URL; undefined: the simulator's. */
  readonly upstream: string | undefined;
}

/** How often something may be done. The first five are counted in the database, the others by each process. */
export interface RateLimits {
  /** Sign-ins an address. */
  readonly login: RateLimit;
  /** Wrong passwords an email. */
  readonly loginEmail: RateLimit;
  readonly signup: RateLimit;
  readonly refresh: RateLimit;
  /** Wrong current passwords a user. */
  readonly password: RateLimit;
  /** Of a user. */
  readonly api: RateLimit;
  /** Of an address. */
  readonly anonymous: RateLimit;
}

/** What may be called, and how much of it. */
export interface OutboundConfig {
  readonly allow: readonly TargetEntry[];
  readonly deny: readonly TargetEntry[];
  readonly ports: readonly PortRange[];
  /** Whether what `deny` and `ports` refuse is refused, or only logged. */
  readonly isEnforced: boolean;
  /** As `dns.setServers` takes them; the machine's own when empty. */
  readonly resolvers: readonly string[];
  readonly maxBytes: number;
  readonly maxTotalBytes: number;
  readonly hostConcurrency: number;
  readonly callsPerHour: number;
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
    // The one that can (src/lambda/stream.ts) says so itself: the environment does not tell it from the others.
    canStream: !isFunction(env),
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
    // Nothing can collect from a function: each event may meet another instance.
    hasMetrics: !isFunction(env) && (mode === 'development' || value.METRICS_TOKEN !== undefined),
    metricsToken: value.METRICS_TOKEN,
    hasDocs: value.DOCS as boolean,
    // It waits, fails and wastes on purpose: not where each moment is paid, and not in the bundle.
    hasSim: !isFunction(env) && (value.SIM as boolean),
    hasLab: value.LAB as boolean,
    lab: { threads: value.LAB_THREADS as number, queueMax: value.LAB_QUEUE_MAX as number },
    classic: classicOf(value, mode, env),
    corsOrigins: value.CORS_ORIGINS ?? [],
    // A function is told by the event who is calling, and under which name: what a field adds is the caller's word.
    trustedProxyHops: isFunction(env) ? 0 : (value.TRUST_PROXY as number),
    outbound: {
      allow: value.OUTBOUND_ALLOW ?? [],
      deny: value.OUTBOUND_DENY ?? [],
      ports: value.OUTBOUND_PORTS as PortRange[],
      isEnforced: value.OUTBOUND_MODE === 'enforce',
      resolvers: value.OUTBOUND_DNS ?? [],
      maxBytes: value.OUTBOUND_MAX_BYTES as number,
      maxTotalBytes: value.OUTBOUND_MAX_TOTAL_BYTES as number,
      hostConcurrency: value.OUTBOUND_HOST_CONCURRENCY as number,
      callsPerHour: value.OUTBOUND_CALLS_PER_HOUR as number,
    },
    rateLimits: value.UNSAFE_RATE_LIMIT_OFF ? undefined : rateLimitsOf(value),
    // One request at a time, and the loop is late by each start and thaw.
    maxLoopDelayMs: isFunction(env) ? undefined : value.MAX_LOOP_DELAY_MS || undefined,
    loopStallMs: isFunction(env) ? undefined : value.LOOP_STALL_MS || undefined,
    workers: isFunction(env) ? 1 : (value.WEB_CONCURRENCY as number),
    emfFunction: value.METRICS_EMF ? env.AWS_LAMBDA_FUNCTION_NAME || undefined : undefined,
    logLevel: value.LOG_LEVEL as string,
    warnings: warningsFor(env),
  };
}

/** They hold the event loop for whoever asks: not in production by a common name, and never in a function. */
function classicOf(value: Values, mode: Mode, env: Environment): ClassicConfig | undefined {
  const isOn = mode === 'production' ? value.UNSAFE_CLASSIC_ROUTES : value.CLASSIC_ROUTES;
  if (isFunction(env) || !isOn) return undefined;
  return { self: value.CLASSIC_SELF, upstream: value.CLASSIC_UPSTREAM };
}

function rateLimitsOf(value: Values): RateLimits {
  const { address, email } = value.RATE_LIMIT_LOGIN as { address: RateLimit; email: RateLimit };
  return {
    login: address,
    loginEmail: email,
    signup: value.RATE_LIMIT_SIGNUP as RateLimit,
    refresh: value.RATE_LIMIT_REFRESH as RateLimit,
    password: value.RATE_LIMIT_PASSWORD as RateLimit,
    api: value.RATE_LIMIT_API as RateLimit,
    anonymous: value.RATE_LIMIT_ANONYMOUS as RateLimit,
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
    ...(isFunction(env) && env.METRICS_TOKEN
      ? ['METRICS_TOKEN has no effect in a function: nothing can collect from one']
      : []),
    ...(env.CLASSIC_ROUTES === '1' && modeOf(env) === 'production' && env.UNSAFE_CLASSIC_ROUTES !== '1'
      ? ['CLASSIC_ROUTES has no effect in production without UNSAFE_CLASSIC_ROUTES=1']
      : []),
    ...(isFunction(env) && env.SIM === 'on'
      ? ['SIM has no effect in a function: the simulator is not in its bundle']
      : []),
    ...set
      .filter((name) => notYetBuilt.test(name))
      .map((name) => `${name} is set but has no effect in this version`),
    ...set
      .filter((name) => misspeltIn.test(name) && !notYetBuilt.test(name) && !(name in settings))
      .map((name) => {
        const nearest = nearestName(name, Object.keys(settings));
        return `${shown(name)} is no setting${nearest ? `; ${nearest}?` : ''}`;
      }),
    ...(env.OUTBOUND_MODE === 'report'
      ? ['OUTBOUND_MODE=report: targets that OUTBOUND_DENY and OUTBOUND_PORTS refuse are called all the same']
      : []),
  ];
}
