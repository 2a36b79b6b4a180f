import { describe, expect, it, test } from 'vitest';
import { describeDatabase, parseDatabaseUrl } from '#dist/database-url.js';

const server = (url: string) =>
  parseDatabaseUrl(url) as Exclude<ReturnType<typeof parseDatabaseUrl>, { path: string }>;

describe('a database URL', () => {
  test.each([
    ['file:/srv/farebox.db', { engine: 'sqlite', path: '/srv/farebox.db' }],
    ['file:///srv/farebox.db', { engine: 'sqlite', path: '/srv/farebox.db' }],
    [
      'postgresql://app:p%40ss%2Fw%C3%B6rd@db.example.org/farebox',
      {
        engine: 'postgresql',
        host: 'db.example.org',
        port: 5432,
        user: 'app',
        password: 'p@ss/wörd',
        database: 'farebox',
      },
    ],
    ['postgres://app@[::1]:6432/x', { engine: 'postgresql', host: '::1', port: 6432, password: undefined }],
    ['postgresql://app@localhost/x?host=/run/postgresql', { host: '/run/postgresql', tls: 'off' }],
    ['mysql://app@db.example.org/x', { engine: 'mysql', port: 3306, user: 'app' }],
    ['mariadb://app@db.example.org:3307/x', { engine: 'mysql', port: 3307 }],
    [
      'mysql://app@localhost/x?socketPath=/run/mysqld/mysqld.sock',
      { host: '/run/mysqld/mysqld.sock', tls: 'off' },
    ],
  ])('%s is understood', (url, expected) => {
    expect(parseDatabaseUrl(url)).toMatchObject(expected);
  });

  test.each([
    ['', /must be file:/],
    ['oracle://app@h/x', /must be file:/],
    ['file::memory:', /file: URL of an SQLite file/],
    ['postgresql://db.example.org/x', /names no user/],
    ['postgresql://app@/x?sslmode=disable', /must be file:|names no host/],
    ['postgresql://app@db.example.org', /must end with \/database/],
    ['postgresql://app@db.example.org/a/b', /must end with \/database/],
    ['postgresql://app@db.example.org/x?sslmod=require', /has the parameter "sslmod"; known are sslmode/],
    ['postgresql://app@db.example.org/x?sslmode=prefer', /sslmode must be one of disable, require/],
    ['postgresql://app@db.example.org/x?schema=other', /schema must be public/],
    ['postgresql://app@db.example.org/x?connection_limit=5', /DATABASE_POOL_MAX/],
    ['postgresql://app@db.example.org/x?host=db', /absolute path of a Unix socket/],
    ['postgresql://app:%zz@db.example.org/x', /malformed percent-encoding/],
    ['mysql://app@db.example.org/x?sslmode=require', /has the parameter "sslmode"; known are ssl-mode/],
    ['mysql://app@db.example.org/x?ssl-mode=PREFERRED', /ssl-mode must be one of DISABLED, REQUIRED/],
  ])('%s is refused in words', (url, sentence) => {
    expect(() => parseDatabaseUrl(url)).toThrow(sentence);
  });

  it('never repeats a password, neither in a refusal nor in a description', () => {
    const secret = 'planted-7c1f';
    for (const end of ['', '/x?nope=1', '/a/b', '/x?sslmode=maybe', '/x?host=y'])
      expect(() => parseDatabaseUrl(`postgresql://app:${secret}@db.example.org${end}`)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining(secret) }),
      );
    expect(describeDatabase(`postgresql://app:${secret}@db.example.org/x`)).toBe(
      'PostgreSQL, database x at db.example.org:5432',
    );
    expect(describeDatabase('mysql://app@localhost/x?socketPath=/run/my.sock')).toBe(
      'MySQL, database x at /run/my.sock',
    );
  });

  test.each(['localhost', '127.0.0.1', '127.1.2.3', '[::1]'])(
    'goes to %s, this machine, in plain',
    (host) => {
      expect(server(`postgresql://app@${host}/x`).tls).toBe('off');
      expect(server(`mysql://app@${host}/x`).tls).toBe('off');
      expect(server(`postgresql://app@${host}/x?sslmode=verify-full`).tls).toBe('verified');
    },
  );

  test.each([
    'db',
    'db.example.org',
    '10.0.0.5',
    '127.0.0.1.example.org',
    'localhost.example.org',
    '[fd00::1]',
  ])('goes to %s under TLS, verified, unless it says otherwise', (host) => {
    expect(server(`postgresql://app@${host}/x`).tls).toBe('verified');
    expect(server(`mysql://app@${host}/x`).tls).toBe('verified');
    expect(server(`postgresql://app@${host}/x?sslmode=require`).tls).toBe('verified');
    expect(server(`postgresql://app@${host}/x?sslmode=verify-ca&sslrootcert=/ca.pem`)).toMatchObject({
      tls: 'authority',
      authorityFile: '/ca.pem',
    });
    expect(server(`postgresql://app@${host}/x?sslmode=no-verify`).tls).toBe('unverified');
    expect(server(`postgresql://app@${host}/x?sslmode=disable`).tls).toBe('off');
    expect(server(`mysql://app@${host}/x?ssl-mode=DISABLED`).tls).toBe('off');
    expect(server(`mysql://app@${host}/x?ssl-mode=VERIFY_CA&ssl-ca=/ca.pem`)).toMatchObject({
      tls: 'authority',
      authorityFile: '/ca.pem',
    });
  });
});
