import { expect, test } from 'vitest';
import { checkClock } from '#dist/database/diagnosis/check-clock.js';
import { checkConnections } from '#dist/database/diagnosis/check-connections.js';
import { checkTls } from '#dist/database/diagnosis/check-tls.js';
import { checkVersion } from '#dist/database/diagnosis/check-version.js';
import { parseDatabaseUrl, type ServerUrl } from '#dist/database-url.js';

const today = new Date('2026-11-21T12:00:00Z');

test.each([
  ['PostgreSQL', '15.20 (Debian 15.20-0+deb12u1)', 'ok', undefined],
  ['PostgreSQL', '18.1', 'ok', undefined],
  ['PostgreSQL', '19beta1', 'ok', undefined],
  ['PostgreSQL', '14.23', 'warn', /18\.$/],
  ['PostgreSQL', '9.6.24', 'warn', /18\.$/],
  ['PostgreSQL', '9.5.25', 'fail', /9\.6 or later/],
  ['MariaDB', '10.11.19-MariaDB-0+deb12u1', 'ok', undefined],
  ['MariaDB', '11.8.2-MariaDB', 'ok', undefined],
  ['MariaDB', '12.1.2-MariaDB', 'ok', undefined],
  ['MariaDB', '10.6.22-MariaDB', 'warn', /11\.8\.$/],
  ['MariaDB', '11.5.2-MariaDB', 'warn', /11\.8\.$/],
  ['MariaDB', '10.2.44-MariaDB', 'fail', /10\.3 or later/],
  ['MySQL', '8.4.9', 'ok', undefined],
  ['MySQL', '8.0.46', 'warn', /9\.7\.$/],
  ['MySQL', '9.2.0', 'warn', /9\.7\.$/],
  ['MySQL', '5.7.44', 'fail', /8\.0 or later/],
] as const)('%s %s is %s in November 2026', (product, version, state, mend) => {
  const finding = checkVersion(product, version, today);
  expect(finding.state, finding.says).toBe(state);
  if (mend) expect(finding.mend).toMatch(mend);
});

test('a series is supported to the end of its last day', () => {
  const at = (day: string) => checkVersion('PostgreSQL', '14.23', new Date(day)).state;
  expect([at('2026-11-12T23:00:00Z'), at('2026-11-13T00:00:00Z')]).toEqual(['ok', 'warn']);
});

test('a clock is off only by what the way to the server and back does not explain', () => {
  const state = (server: number, before: number, after: number) => checkClock(server, before, after).state;
  expect(state(5_000, 0, 5_000)).toBe('ok');
  expect(state(1_900, 0, 1_000)).toBe('ok');
  expect(state(2_100, 0, 1_000)).toBe('warn');
  expect(state(0, 1_100, 1_200)).toBe('warn');
  expect(checkClock(90_000, 0, 0).says).toBe("the server's is 90 s ahead of this machine's");
  expect(checkClock(0, 90_000, 90_000).says).toBe("the server's is 90 s behind this machine's");
});

test('instances fit, fit just so, or do not', () => {
  const room = { available: 97, because: 'so', raise: 'max_connections' };
  const state = (instances: number, poolMax: number) => checkConnections(room, instances, poolMax).state;
  expect([state(9, 10), state(94, 1), state(95, 1), state(97, 1), state(98, 1)]).toEqual([
    'ok',
    'ok',
    'warn',
    'warn',
    'fail',
  ]);
  expect(checkConnections(room, 10, 10).mend).toBe(
    'Set DATABASE_POOL_MAX to at most 9, or raise max_connections by 3. The largest number of instances that fits is 9.',
  );
  expect(checkConnections(room, 98, 1).mend).toMatch(/^Run fewer instances, or raise max_connections by 1\./);
});

test('a connection that others can listen to, or take over, is a warning', () => {
  const of = (url: string, protocol?: string) =>
    checkTls(parseDatabaseUrl(`postgresql://a@${url}`) as ServerUrl, protocol);
  expect(of('127.0.0.1/x').state).toBe('ok');
  expect(of('db.example.org/x?sslmode=disable')).toMatchObject({
    state: 'warn',
    mend: expect.stringMatching(/sslmode=verify-full/),
  });
  expect(of('db.example.org/x', 'TLSv1.3')).toMatchObject({
    state: 'ok',
    says: expect.stringMatching(/TLSv1\.3/),
  });
  expect(of('db.example.org/x?sslmode=verify-ca', 'TLSv1.3').state).toBe('ok');
  expect(of('db.example.org/x?sslmode=no-verify', 'TLSv1.3').state).toBe('warn');
  expect(of('db.example.org/x', 'TLSv1.1').state).toBe('warn');
});
