import { isAbsolute } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError, type Environment, isLoopback, readConfig, settings } from '#dist/config.js';

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
});
