import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { migrate } from '#dist/database/migrations/migrate.js';
import { canMakeCertificates, makeCertificates } from '../support/certificates.js';
import { engineUnderTest } from '../support/engines.js';
import { freePort } from '../support/free-port.js';
import { ownMigrations } from '../support/own-migrations.js';
import { run } from '../support/server.js';
import { startSilentServer } from '../support/silent-server.js';
import { isAvailable, ThrowawayServer, throwawayName } from '../support/throwaway-server.js';
import { holdWriteLock } from '../support/write-lock.js';

interface Finding {
  check: string;
  state: string;
  says: string;
  mend?: string;
}

const { engine } = engineUnderTest;
const serverUrl = process.env[`TEST_${engine.toUpperCase()}_URL`] ?? '';

async function newDatabase({ isMigrated = true } = {}) {
  const database = await engineUnderTest.createDatabase();
  onTestFinished(() => database.drop());
  if (isMigrated) await migrate(database.url);
  return database;
}

/** What it finds that is not ok, after what must always hold: one finding a check, a way to mend, no secret. */
async function doctor(url: string, args: string[] = [], env = {}) {
  const { code, stdout, stderr } = await run('cli/doctor.js', ['--json', ...args], {
    DATABASE_URL: url,
    MIGRATE_ON_START: '0',
    ...env,
  });
  expect(stdout, stderr).not.toBe('');
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: Finding[] };
  expect(new Set(checks.map(({ check }) => check)).size).toBe(checks.length);
  for (const { state, mend } of checks) expect(mend !== undefined).toBe(state !== 'ok');
  expect(code).toBe(ok ? 0 : 1);
  expect(ok).toBe(checks.every(({ state }) => state !== 'fail'));
  expect(stdout + stderr).not.toContain('sesame');
  return { checks, troubles: checks.filter(({ state }) => state !== 'ok') };
}

const trouble = (check: string, state: 'warn' | 'fail', says: RegExp, mend: RegExp) => ({
  check,
  state,
  says: expect.stringMatching(says),
  mend: expect.stringMatching(mend),
});

/** The same server, seen through another URL. */
function urlWith(
  url: string,
  parts: { port?: number; user?: string; database?: string; host?: string },
): string {
  const changed = new URL(url);
  if (parts.host !== undefined) changed.hostname = parts.host;
  if (parts.port !== undefined) changed.port = String(parts.port);
  if (parts.database !== undefined) changed.pathname = `/${parts.database}`;
  if (parts.user !== undefined) [changed.username, changed.password] = [parts.user, 'sesame'];
  return changed.href;
}

/** It takes ten seconds to give up on a server that never says a word, in which the others have their turn. */
let giving: Promise<Finding[]> | undefined;
let silent: Awaited<ReturnType<typeof startSilentServer>> | undefined;
beforeAll(async () => {
  if (engine === 'sqlite') return;
  silent = await startSilentServer();
  giving = doctor(urlWith(serverUrl, { port: silent.port })).then(({ checks }) => checks);
  giving.catch(() => undefined);
});
afterAll(() => silent?.close());

describe('npm run doctor', () => {
  test('has nothing to say about a database that is well', async () => {
    const { url } = await newDatabase();
    const { checks, troubles } = await doctor(url);
    expect(troubles).toEqual([]);
    expect(checks.map(({ check }) => check)).toEqual(expect.arrayContaining(['version', 'migrations']));
  });

  test('says it in lines for people', async () => {
    const { url } = await newDatabase({ isMigrated: false });
    const { code, stdout } = await run('cli/doctor.js', [], { DATABASE_URL: url, MIGRATE_ON_START: '0' });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^fail {2}migrations: \d+ pending: .*\n {6}Run: npm run db:migrate\n/m);
    expect(stdout).not.toContain('\x1b');
  });

  test('finds pending migrations, which matter less where the next start applies them', async () => {
    const { url } = await newDatabase({ isMigrated: false });
    const pending = (state: 'warn' | 'fail') =>
      trouble('migrations', state, new RegExp(`${ownMigrations.length} pending`), /npm run db:migrate/);
    expect((await doctor(url)).troubles).toContainEqual(pending('fail'));
    expect((await doctor(url, [], { MIGRATE_ON_START: '1' })).troubles).toContainEqual(pending('warn'));
  });

  test('finds a failed migration, and one that was changed since', async () => {
    const { url, query } = await newDatabase();
    await query(`UPDATE _prisma_migrations SET checksum = 'another'`);
    expect((await doctor(url)).troubles).toEqual([
      trouble('migrations', 'fail', /do not fit/, /was changed after it was applied/),
    ]);
    await query('UPDATE _prisma_migrations SET finished_at = NULL');
    expect((await doctor(url)).troubles).toEqual([
      trouble('migrations', 'fail', /_users failed: It was begun and is not finished/, /db:migrate/),
    ]);
  });

  test('refuses wrong usage with code 2 and a wrong configuration with code 1', async () => {
    for (const args of [['--instances', '0'], ['--instances', 'many'], ['--unknown'], ['x']])
      expect(await run('cli/doctor.js', args, {})).toMatchObject({ code: 2, stdout: '' });
    expect(await run('cli/doctor.js', ['--help'], {})).toMatchObject({ code: 0, stderr: '' });
    const { code, stderr } = await run('cli/doctor.js', [], { DATABASE_URL: 'postgresql://a:sesame@/x' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ {2}DATABASE_URL: /m);
    expect(stderr).not.toContain('sesame');
  });
});

describe.runIf(engine !== 'sqlite')('npm run doctor, of the way to a server', () => {
  test('says where it ends', async () => {
    const { url } = await newDatabase();
    const only = async (changed: string) => (await doctor(changed)).checks;
    expect(await only(urlWith(url, { port: await freePort() }))).toEqual([
      trouble('connection', 'fail', /nothing accepts connections at .*ECONNREFUSED/, /^Start /),
    ]);
    expect(await only(urlWith(url, { host: 'nowhere.invalid' }))).toEqual([
      trouble('address', 'fail', /nowhere\.invalid leads to no address/, /DNS/),
    ]);
    expect(await only(urlWith(url, { user: 'nobody_of_ours' }))).toEqual([
      trouble('login', 'fail', /refuses user nobody_of_ours/, /user and password/),
    ]);
    expect(await only(urlWith(url, { database: 'farebox_test_none' }))).toEqual([
      trouble(
        'database',
        'fail',
        /has no database farebox_test_none/,
        /CREATE DATABASE .farebox_test_none.;/,
      ),
    ]);
    const socket = engine === 'postgresql' ? 'host' : 'socketPath';
    expect(await only(`${url}?${socket}=/nowhere/at/all`)).toEqual([
      trouble('connection', 'fail', /no socket at \/nowhere\/at\/all/, new RegExp(socket)),
    ]);
    const [tls, file] =
      engine === 'postgresql' ? ['sslmode=require', 'sslrootcert'] : ['ssl-mode=REQUIRED', 'ssl-ca'];
    expect(await only(`${url}?${tls}&${file}=/nowhere/at/all`)).toEqual([
      trouble('TLS', 'fail', /file cannot be read/, new RegExp(file as string)),
    ]);
  });

  test('reckons whether the instances fit, and how many do', async () => {
    const { url } = await newDatabase();
    const { checks } = await doctor(url, ['--instances', '2'], { DATABASE_POOL_MAX: '7' });
    const { says } = checks.find(({ check }) => check === 'connections') as Finding;
    const [, available, fitting] = /= 14 of (\d+) connections .* that fits is (\d+)$/.exec(says) ?? [];
    expect(Number(fitting)).toBe(Math.floor(Number(available) / 7));
    const tooMany = String(Number(fitting) + 1);
    const { troubles } = await doctor(url, ['--instances', tooMany], { DATABASE_POOL_MAX: '7' });
    expect(troubles).toEqual([
      trouble('connections', 'fail', new RegExp(`^${tooMany} ×`), new RegExp(`that fits is ${fitting}\\.`)),
    ]);
    const lower = /DATABASE_POOL_MAX to at most (\d+)/.exec(troubles[0]?.mend ?? '')?.[1];
    const mended = await doctor(url, ['--instances', tooMany], { DATABASE_POOL_MAX: lower });
    expect(mended.troubles.filter(({ state }) => state === 'fail')).toEqual([]);
  });
});

const canTry = engine !== 'sqlite' && isAvailable(engine) && (canMakeCertificates || process.env.CI);

describe.runIf(canTry)('npm run doctor, of TLS', () => {
  test('says how far it is verified, and where it fails', async () => {
    const { authority, certificates } = makeCertificates(['127.0.0.1', 'other.example.org']);
    const folder = mkdtempSync(join(tmpdir(), 'farebox-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'authority.pem');
    writeFileSync(file, authority);
    const [right, wrong] = await Promise.all(
      certificates.map((certificate) =>
        ThrowawayServer.start(engine as 'postgresql' | 'mysql', { certificate }),
      ),
    );
    onTestFinished(async () => void (await Promise.all([right?.remove(), wrong?.remove()])));
    const [full, ca, root] =
      engine === 'postgresql'
        ? ['sslmode=verify-full', 'sslmode=verify-ca', 'sslrootcert']
        : ['ssl-mode=VERIFY_IDENTITY', 'ssl-mode=VERIFY_CA', 'ssl-ca'];
    const tlsOf = async (server: ThrowawayServer | undefined, query: string) =>
      (await doctor(`${server?.url}?${query}`)).checks.find(({ check }) => check === 'TLS');
    const trusted = `${root}=${encodeURIComponent(file)}`;
    expect(await tlsOf(right, `${full}&${trusted}`)).toEqual({
      check: 'TLS',
      state: 'ok',
      says: expect.stringMatching(/^TLSv1\.[23], certificate and host's name verified$/),
    });
    expect((await tlsOf(wrong, `${ca}&${trusted}`))?.says).toMatch(/the host's name not$/);
    const refused = trouble('TLS', 'fail', /do not agree on TLS/, new RegExp(root as string));
    expect(await tlsOf(wrong, `${full}&${trusted}`)).toEqual(refused);
    expect(await tlsOf(right, full as string)).toEqual(refused);
  });
});

describe.runIf(engine === 'postgresql')('npm run doctor, of PostgreSQL', () => {
  test.each([
    [
      'SET default_transaction_read_only = on',
      trouble('writing', 'fail', /default_transaction_read_only/, /RESET/),
    ],
    [
      'CONNECTION LIMIT 12',
      trouble('connections', 'warn', /10 of 12 .*database's CONNECTION LIMIT/, /Leave 3/),
    ],
  ])('finds a database altered by %s', async (setting, expected) => {
    const { url, query } = await newDatabase();
    await query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} ${setting}`);
    expect((await doctor(url)).troubles).toEqual([expected]);
  });

  test('finds a database that cannot hold every name', async () => {
    const { url, query } = await newDatabase();
    const latin = `${new URL(url).pathname.slice(1)}_latin`;
    await query(`CREATE DATABASE ${latin} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'`);
    onTestFinished(async () => void (await query(`DROP DATABASE ${latin} WITH (FORCE)`)));
    const { troubles } = await doctor(urlWith(url, { database: latin }));
    expect(troubles).toContainEqual(trouble('encoding', 'fail', /LATIN1/, /ENCODING 'UTF8'/));
  });

  test('leaves the arithmetic to who knows the pooler', async () => {
    const { url } = await newDatabase();
    const { checks } = await doctor(`${url}?pgbouncer=true`, ['--instances', '50']);
    expect(checks.find(({ check }) => check === 'connections')).toMatchObject({
      state: 'ok',
      says: expect.stringMatching(/= 500 or more/),
    });
  });
});

describe.runIf(engine === 'mysql' && isAvailable('mysql'))(
  `npm run doctor, of ${throwawayName('mysql')}`,
  () => {
    test('finds settings of the server that are in our way', async () => {
      const server = await ThrowawayServer.start('mysql', { maxConnections: 30 });
      onTestFinished(() => server.remove());
      await migrate(server.url);
      await server.query('SET GLOBAL wait_timeout = 5');
      await server.query('SET GLOBAL max_allowed_packet = 65536');
      await server.query('SET GLOBAL read_only = ON');
      expect((await doctor(server.url)).troubles).toEqual([
        trouble('writing', 'fail', /read_only/, /primary/),
        trouble('max_allowed_packet', 'warn', /65536 bytes/, /SET GLOBAL max_allowed_packet/),
        trouble('idle connections', 'warn', /5000 ms \(wait_timeout\)/, /DATABASE_IDLE_MS below 5000/),
      ]);
      await server.query('SET GLOBAL read_only = OFF');
      await server.query(`CREATE USER few@'127.0.0.1' IDENTIFIED BY 'sesame' WITH MAX_USER_CONNECTIONS 5`);
      await server.query(`GRANT ALL ON farebox.* TO few@'127.0.0.1'`);
      await server.query('SET GLOBAL wait_timeout = 28800');
      await server.query('SET GLOBAL max_allowed_packet = 16777216');
      const few = urlWith(server.url, { user: 'few' });
      expect((await doctor(few)).troubles).toEqual([
        trouble('connections', 'fail', /10 of 5 .*max_user_connections/, /raise max_user_connections by 5/),
      ]);
      expect((await doctor(few.replace('sesame', 'sesame2'))).checks).toEqual([
        trouble('login', 'fail', /refuses user few/, /password/),
      ]);
    });
  },
);

describe.runIf(engine === 'sqlite')('npm run doctor, of an SQLite file', () => {
  const path = (url: string) => url.slice('file:'.length);

  test('does not make a file that is missing', async () => {
    const { url } = await newDatabase({ isMigrated: false });
    const { troubles } = await doctor(url, [], { MIGRATE_ON_START: '1' });
    expect(troubles).toContainEqual(trouble('file', 'warn', /is not there/, /next start makes it/));
    expect(existsSync(dirname(path(url)))).toBe(false);
  });

  /** Made by hand, not by a migration. */
  async function newFile(content?: string) {
    const { url, query } = await newDatabase({ isMigrated: false });
    mkdirSync(dirname(path(url)), { recursive: true });
    writeFileSync(path(url), content ?? '');
    if (content === undefined) await query('CREATE TABLE other (x)');
    return url;
  }

  test('finds a file that others may read, a wrong journal, and instances on several machines', async () => {
    const url = await newFile();
    chmodSync(path(url), 0o644);
    expect((await doctor(url, ['--instances', '2'])).troubles).toEqual([
      trouble('permissions', 'warn', /644/, /chmod 600/),
      trouble('journal', 'warn', /delete/, /next start/),
      trouble('instances', 'warn', /^2,/, /PostgreSQL or MySQL/),
      trouble('migrations', 'fail', /pending/, /db:migrate/),
    ]);
  });

  test('finds what is no database, or no file', async () => {
    const url = await newFile(
      'Dear diary, today I learned about file headers and why they matter. '.repeat(9),
    );
    chmodSync(path(url), 0o600);
    expect((await doctor(url)).troubles).toEqual([trouble('content', 'fail', /cannot read it/, /backup/)]);
    expect((await doctor(`file:${dirname(path(url))}`)).checks).toEqual([
      trouble('file', 'fail', /is no file/, /not a folder/),
    ]);
  });

  test('does not wait for a writer', async () => {
    const { url } = await newDatabase();
    const lock = await holdWriteLock(path(url));
    expect((await doctor(url)).troubles).toEqual([]);
    await lock.release();
  });
});

test.runIf(engine !== 'sqlite')('npm run doctor gives up on a server that never says a word', async () => {
  expect(await giving).toEqual([trouble('connection', 'fail', /does not answer/, /firewalls.*hangs/)]);
});
