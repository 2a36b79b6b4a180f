import { isAbsolute } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError, type Environment, isLoopback, readConfig, settings } from '#dist/config.js';
import type { TargetEntry } from '#dist/target-list.js';

const secret = 'x2Vd0fQm7LrKpT9sWnYbEhJc4GuZaR1i';
const production = { NODE_ENV: 'production', DATABASE_URL: 'file:/srv/farebox.db', SECRETS: secret };

function linesOf(env: Environment): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.lines;
  }
}

const noTargets = [
  ...[
    'http://example.org',
    'example.org/path',
    'user@example.org',
    'a b',
    'a..b',
    '.example.org',
    'example.org.',
  ],
  ...[
    'bücher.example',
    '*',
    '*.',
    '*.*.example.org',
    'ex*mple.org',
    '*.10.0.0.0/8',
    'example.org:',
    'example.org:0',
  ],
  ...[
    'example.org:65536',
    'example.org:80:80',
    'example.org:http',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
  ],
  ...[
    '10.0.0/8',
    '10.0.0.1:0',
    '10.0.0.0/8:65536',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '010.0.0.1',
  ],
  ...[
    '::/129',
    '[::1',
    '::1]',
    '[example.org]:80',
    'fe80::1%eth0',
    '10.0.0.1;10.0.0.2',
    'example.org,10.0.0.0/33',
  ],
];
const noResolvers = [
  ...[
    'dns.example',
    '127.0.0.1:0',
    '127.0.0.1:65536',
    '127.0.0.1:dns',
    '[127.0.0.1]:53',
    '1.2.3',
    '[::1',
    '::1]',
  ],
  ...['127.0.0.1 127.0.0.2', 'https://127.0.0.1/dns-query', '127.0.0.1,dns.example', '10.0.0.0/8'],
];

describe('the configuration', () => {
  test('needs nothing in development', () => {
    expect(readConfig({})).toMatchObject({
      mode: 'development',
      port: 3000,
      host: '127.0.0.1',
      migrateOnStart: true,
      secrets: [],
      isSignupOpen: true,
      hasDocs: true,
      corsOrigins: [],
      trustedProxyHops: 0,
      warnings: [],
    });
    expect(readConfig({}).database.url).toMatch(/^file:\/.*\/\.data\/farebox\.db$/);
  });

  test('in production has no default that weakens it', () => {
    expect(readConfig(production)).toMatchObject({
      mode: 'production',
      host: '0.0.0.0',
      database: { url: 'file:/srv/farebox.db', timeoutMs: 5000, poolMax: 10, idleMs: 10_000 },
      migrateOnStart: false,
      isSignupOpen: false,
      corsOrigins: [],
    });
    expect(linesOf({ NODE_ENV: 'production' })).toEqual([
      'DATABASE_URL: is required in production',
      'SECRETS: is required in production',
    ]);
  });

  test('is for production in a deployed function, whatever NODE_ENV says', () => {
    expect(readConfig({ ...production, NODE_ENV: 'development', AWS_LAMBDA_FUNCTION_NAME: 'api' }).mode).toBe(
      'production',
    );
  });

  test('believes no proxy in a deployed function, and says so', () => {
    const env = { ...production, TRUST_PROXY: '2' };
    expect(readConfig(env)).toMatchObject({ trustedProxyHops: 2, warnings: [] });
    expect(readConfig({ ...env, AWS_LAMBDA_FUNCTION_NAME: 'api' })).toMatchObject({
      trustedProxyHops: 0,
      warnings: ['TRUST_PROXY=2 has no effect in a function: the event says who is calling'],
    });
  });

  test('can stream as a server; a function says so itself', () => {
    expect(readConfig({})).toMatchObject({ canStream: true });
    expect(readConfig(production)).toMatchObject({ canStream: true });
    expect(readConfig({ ...production, AWS_LAMBDA_FUNCTION_NAME: 'api' })).toMatchObject({
      canStream: false,
    });
  });

  test('has metrics in development, in production with a token, in a function never, and says so', () => {
    const METRICS_TOKEN = 'x'.repeat(16);
    expect(readConfig({})).toMatchObject({ hasMetrics: true, metricsToken: undefined });
    expect(readConfig(production)).toMatchObject({ hasMetrics: false });
    expect(readConfig({ ...production, METRICS_TOKEN })).toMatchObject({
      hasMetrics: true,
      metricsToken: METRICS_TOKEN,
      warnings: [],
    });
    const AWS_LAMBDA_FUNCTION_NAME = 'api';
    expect(readConfig({ ...production, METRICS_TOKEN, AWS_LAMBDA_FUNCTION_NAME })).toMatchObject({
      hasMetrics: false,
      warnings: [expect.stringMatching(/^METRICS_TOKEN has no effect in a function/)],
    });
  });

  test('takes an empty variable for one that is not set', () => {
    const empty = Object.fromEntries(Object.keys(settings).map((name) => [name, '']));
    expect(readConfig(empty)).toEqual(readConfig({}));
  });

  test.each(['0.0.0.0', '::', '192.0.2.1', '::ffff:192.0.2.1', '10.0.0.1'])(
    'refuses HOST=%s in development',
    (HOST) => {
      expect(linesOf({ HOST })).toEqual([expect.stringMatching(/^HOST=.*UNSAFE_PUBLIC_DEVELOPMENT=1/)]);
      expect(readConfig({ HOST, UNSAFE_PUBLIC_DEVELOPMENT: '1' }).warnings).toEqual([
        expect.stringMatching(/^UNSAFE_PUBLIC_DEVELOPMENT /),
      ]);
    },
  );

  test.each(['127.0.0.1', '127.8.9.1', '::1'])('takes HOST=%s in development', (HOST) => {
    expect(readConfig({ HOST }).host).toBe(HOST);
    expect(isLoopback(HOST)).toBe(true);
  });

  test('takes HOST=localhost for the one address 127.0.0.1', () => {
    expect(readConfig({ HOST: 'localhost' }).host).toBe('127.0.0.1');
  });

  test.each([
    ['PORT', ['-1', '65536', '3000.5', 'http', '0x50', ' 80', '1e3', '٣']],
    ['HOST', ['example.org', '127.0.0.1:80', '127.1', '999.0.0.1', 'http://127.0.0.1']],
    ['DATABASE_URL', ['postgres://x', 'farebox.db', 'file:', 'file:x?mode=ro', 'file::memory:']],
    ['DATABASE_TIMEOUT_MS', ['9', '60001', '5s', '-1']],
    ['MIGRATE_ON_START', ['true', 'yes', '2']],
    ['SECRETS', ['short', `${secret},short`, 'a'.repeat(64), `${secret},`]],
    ['SIGNUP', ['yes', 'OPEN', 'open ']],
    ['DOCS', ['1', 'ON']],
    [
      'METRICS_TOKEN',
      ['short', 'fifteen-letters', '='.repeat(20), `${secret} `, `${secret}\n`, `${secret}é`],
    ],
    [
      'CORS_ORIGINS',
      [
        '*',
        'null',
        'example.org',
        'https://example.org/',
        'https://example.org/path',
        'https://a.example,',
        'https://u:p@example.org',
      ],
    ],
    ['TRUST_PROXY', ['11', 'true', '-1', '10.0.0.0/8']],
    ...['OUTBOUND_ALLOW', 'OUTBOUND_DENY'].map((name) => [name, noTargets]),
    [
      'OUTBOUND_PORTS',
      ['0', '65536', '80-', '-80', '90-80', 'http', '80;443', '1-2-3', '80 443', '8000–8999'],
    ],
    ['OUTBOUND_MODE', ['off', 'Report', 'enforce ', 'report-only']],
    ['OUTBOUND_DNS', noResolvers],
    ['OUTBOUND_MAX_BYTES', ['1023', '104857601', '4MiB', '-1', '1e6']],
    ['OUTBOUND_MAX_TOTAL_BYTES', ['1023', '268435457', '5 MiB']],
    ['OUTBOUND_HOST_CONCURRENCY', ['0', '10001', 'none']],
    ['OUTBOUND_CALLS_PER_HOUR', ['0', '100000001', '10_000', 'unlimited']],
    ['LOG_LEVEL', ['loud', 'INFO', 'constructor']],
    ['UNSAFE_PUBLIC_DEVELOPMENT', ['true', 'yes']],
  ] as [string, string[]][])('refuses bad values of %s, each with one line', (name, values) => {
    for (const value of values)
      expect(linesOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name}[=:]`))]);
  });

  test('names every bad value at once', () => {
    const lines = linesOf({ PORT: 'x', LOG_LEVEL: 'x', DOCS: 'x', TRUST_PROXY: 'x', HOST: 'x' });
    expect(lines.map((line) => line.split('=')[0]).sort()).toEqual([
      'DOCS',
      'HOST',
      'LOG_LEVEL',
      'PORT',
      'TRUST_PROXY',
    ]);
  });

  test('never repeats a secret', () => {
    const planted = 'planted-but-too-short';
    expect(linesOf({ SECRETS: planted, DATABASE_URL: `postgres://u:${planted}@x` }).join()).not.toContain(
      planted,
    );
  });

  test('takes several secrets and origins', () => {
    const other = 'Nq8tMz3BvXo5HkDy6CwFlPj0SgUe7RAd';
    expect(readConfig({ SECRETS: ` ${secret} , ${other}` }).secrets).toEqual([secret, other]);
    expect(readConfig({ CORS_ORIGINS: 'https://a.example, http://127.0.0.1:5173' }).corsOrigins).toEqual([
      'https://a.example',
      'http://127.0.0.1:5173',
    ]);
  });

  test('is whole or a ConfigError with one line a bad value, whatever the environment', () => {
    const names = fc.constantFrom('NODE_ENV', 'AWS_LAMBDA_FUNCTION_NAME', ...Object.keys(settings));
    const values = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'01,:/.\n\r\u2028 afile') }),
      fc.constantFrom(
        'production',
        '0',
        '1',
        'on',
        'open',
        '::',
        'file:x',
        secret,
        `${secret}\n`,
        '__proto__',
        undefined,
      ),
    );
    fc.assert(
      fc.property(fc.dictionary(names, values), (env) => {
        let config: ReturnType<typeof readConfig>;
        try {
          config = readConfig(env);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          const { lines } = error as ConfigError;
          expect(lines.length).toBeGreaterThan(0);
          for (const line of lines) expect(line).toMatch(/^[A-Z_]+[=:][^\n\r]*\S$/);
          const named = lines.map((line) => /^[A-Z_]+/.exec(line)?.[0]);
          expect(new Set(named).size).toBe(named.length);
          return;
        }
        expect(Number.isInteger(config.port)).toBe(true);
        expect(isAbsolute(config.database.url.replace(/^file:/, ''))).toBe(true);
        if (config.mode === 'production') expect(config.secrets.length).toBeGreaterThan(0);
        else expect(isLoopback(config.host) || config.warnings.length > 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('lets outbound calls go where anybody may, as often as is usual', () => {
    expect(readConfig({}).outbound).toEqual({
      allow: [],
      deny: [],
      ports: [
        { from: 80, to: 80 },
        { from: 443, to: 443 },
        { from: 8_000, to: 8_999 },
      ],
      isEnforced: true,
      resolvers: [],
      maxBytes: 4 * 1024 * 1024,
      maxTotalBytes: 5 * 1024 * 1024,
      hostConcurrency: 20,
      callsPerHour: 10_000,
    });
  });

  test.each(['OUTBOUND_ALLOW', 'OUTBOUND_DENY'])('takes hosts and networks for %s', (name) => {
    const list =
      ' db , Api.Example.ORG:8443,*.example.net,*.example.net:81,10.0.0.0/8 ,192.168.1.1:5432, 172.16.0.0/12:80,::1,fd00::/8,[fd00::1]:81,[2001:db8::/32]:82,_srv.a-b.example';
    const { allow, deny } = readConfig({ [name]: list }).outbound;
    const entries = name === 'OUTBOUND_ALLOW' ? allow : deny;
    const host = (host: string, port?: number, withSubdomains = false) => ({
      kind: 'host',
      host,
      port,
      withSubdomains,
    });
    expect(entries.filter(({ kind }) => kind === 'host')).toEqual([
      host('db'),
      host('api.example.org', 8_443),
      host('example.net', undefined, true),
      host('example.net', 81, true),
      host('_srv.a-b.example'),
    ]);
    /** The first and the last address in it, and one before and one after. */
    const borders: [string, string, string, string, number | undefined][] = [
      ['10.0.0.0', '10.255.255.255', '9.255.255.255', '11.0.0.0', undefined],
      ['192.168.1.1', '192.168.1.1', '192.168.1.0', '192.168.1.2', 5_432],
      ['172.16.0.0', '172.31.255.255', '172.15.255.255', '172.32.0.0', 80],
      ['::1', '::1', '::', '::2', undefined],
      ['fd00::', 'fdff:ffff::ffff', 'fcff:ffff::', 'fe00::', undefined],
      ['fd00::1', 'fd00::1', 'fd00::', 'fd00::2', 81],
      ['2001:db8::', '2001:db8:ffff::ffff', '2001:db7:ffff::', '2001:db9::', 82],
    ];
    const networks = entries.filter((entry) => entry.kind === 'network') as (TargetEntry & {
      kind: 'network';
    })[];
    expect(
      networks.map((entry, at) => [
        ...(borders[at] ?? []).slice(0, 4).map((address) => entry.has(address as string)),
        entry.port,
      ]),
    ).toEqual(borders.map(([, , , , port]) => [true, true, false, false, port]));
  });

  test('takes ports and resolvers, one or several', () => {
    expect(readConfig({ OUTBOUND_PORTS: ' 443 , 1-1024,65535' }).outbound.ports).toEqual([
      { from: 443, to: 443 },
      { from: 1, to: 1_024 },
      { from: 65_535, to: 65_535 },
    ]);
    expect(
      readConfig({ OUTBOUND_DNS: '192.0.2.1, 192.0.2.2:5353,::1,[::1]:5353' }).outbound.resolvers,
    ).toEqual(['192.0.2.1', '192.0.2.2:5353', '::1', '[::1]:5353']);
  });

  test.each([
    ['OUTBOUND_ALOW', 'OUTBOUND_ALLOW'],
    ['OUTBOUND_DENIED', 'OUTBOUND_DENY'],
    ['OUTBOUND_PORT', 'OUTBOUND_PORTS'],
    ['OUTBOUND_MAX_BYTE', 'OUTBOUND_MAX_BYTES'],
    ['OUTBOUND_CALLS_PER_HOURS', 'OUTBOUND_CALLS_PER_HOUR'],
    ['RATE_LIMIT_LGIN', 'RATE_LIMIT_LOGIN'],
    ['UNSAFE_RATE_LIMITS_OFF', 'UNSAFE_RATE_LIMIT_OFF'],
    ['MAX_LOOP_DELAY', 'MAX_LOOP_DELAY_MS'],
    ['WEB_CONCURENCY', 'WEB_CONCURRENCY'],
  ])('warns of %s, which is no setting, and names %s', (name, nearest) => {
    const { warnings } = readConfig({ [name]: '1', OUTBOUND_SOMETHING_ELSE: '' });
    expect(warnings).toEqual([`${name} is no setting; ${nearest}?`]);
  });

  test('warns of a setting that is like none, without a guess', () => {
    expect(readConfig({ OUTBOUND_SOMETHING_ELSE: '1' }).warnings).toEqual([
      'OUTBOUND_SOMETHING_ELSE is no setting',
    ]);
  });

  test('warns that a report refuses nothing', () => {
    const { outbound, warnings } = readConfig({ OUTBOUND_MODE: 'report' });
    expect(outbound.isEnforced).toBe(false);
    expect(warnings).toEqual([expect.stringMatching(/^OUTBOUND_MODE=report: .*called all the same$/)]);
  });
});
