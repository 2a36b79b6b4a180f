import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '#dist/config.js';
import { Database } from '#dist/database/database.js';
import { seedUser } from '#dist/users/seed-user.js';
import { newUserSchema } from '#dist/users/users.schema.js';
import { password } from '../support/api.js';
import { makePlace, openApp, type Place, production } from '../support/app.js';
import { engineUnderTest } from '../support/engines.js';
import { type Exit, run, start } from '../support/server.js';
import { direct } from '../support/transports.js';

/** What no database has a part in. */
const isOnce = engineUnderTest.engine === 'sqlite';

describe('npm run db:seed', () => {
  let place: Place;
  beforeEach(async () => {
    place = await makePlace();
  });
  afterEach(() => place.remove());

  const seed = (args: string[], env = {}, input = ''): Promise<Exit> =>
    run('cli/seed.js', args, { ...place.env, ...env }, input);

  async function inDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
    const database = await Database.open(readConfig(place.env).database);
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  }
  const allUsers = () => inDatabase(({ client }) => client.user.findMany({ orderBy: { email: 'asc' } }));

  test('makes users once: again adds nothing, a larger number adds the rest', async () => {
    const first = await seed(['--users', '600', '--json', '--password-stdin'], {}, `${password}\n`);
    expect(first.code, first.stderr).toBe(0);
    expect(JSON.parse(first.stdout)).toEqual({
      users: 600,
      inserted: 600,
      seconds: expect.any(Number),
      rowsPerSecond: expect.any(Number),
    });
    expect(first.stderr).toMatch(/the password that was given/);
    expect(first.stderr).toMatch(/There is no admin/);
    const before = await allUsers();

    expect(JSON.parse((await seed(['--users', '600', '--json'])).stdout)).toMatchObject({ inserted: 0 });
    expect(await allUsers()).toEqual(before);

    const more = await seed(['--users', '1200']);
    expect(more.stdout).toBe('600 inserted, 600 were there\n');
    expect(more.stderr).toMatch(/Nobody knows the password/);
    const after = await allUsers();
    expect(after.slice(0, 600)).toEqual(before);
    expect(new Set(after.map(({ passwordHash }) => passwordHash)).size).toBe(2);
  });

  test('fills gaps, and leaves changed users and other people alone', async () => {
    await seed(['--users', '3']);
    const [, second, third] = await allUsers();
    const stranger = { ...seedUser(5, '-'), id: '0196b9a0-0000-7000-8000-000000000000', name: 'Stranger' };
    await inDatabase(async ({ client }) => {
      await client.user.create({ data: stranger });
      await client.user.delete({ where: { id: second?.id as string } });
      await client.user.update({
        where: { id: third?.id as string },
        data: { email: 'moved@example.org', emailKey: 'moved@example.org' },
      });
    });
    const { code, stdout, stderr } = await seed(['--users', '6', '--json']);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ users: 6, inserted: 3 });
    expect(stderr).toMatch(/^1 of the addresses/m);
    const names = (await allUsers()).map(({ email, name }) => `${email} ${name}`);
    expect(names).toHaveLength(6);
    expect(names).toContain('seed-000005@example.org Stranger');
    expect(names).toContain(`moved@example.org ${third?.name}`);
  });

  test('makes users who can sign in and be found, whatever their script', async () => {
    const given = await seed(['--users', '300', '--password-stdin'], {}, password);
    expect(given.code, given.stderr).toBe(0);
    const { app, close } = await openApp(place.env);
    const door = await direct.open(app);
    for (const i of [1, 300]) {
      const { status, text } = await door.call({
        method: 'POST',
        path: '/v1/auth/login',
        body: { email: seedUser(i, '-').email, password },
      });
      expect(status, text).toBe(200);
    }
    await close();
    const expected = Array.from({ length: 300 }, (_, at) => seedUser(at + 1, '-'));
    expect((await allUsers()).map(({ id, name, createdAt }) => ({ id, name, createdAt }))).toEqual(
      expected.map(({ id, name, createdAt }) => ({ id, name, createdAt })),
    );
  });

  test('two at once make each user once', async () => {
    const ends = await Promise.all([
      seed(['--users', '1500', '--json']),
      seed(['--users', '1500', '--json']),
    ]);
    expect(ends.map(({ code, stderr }) => ({ code, stderr: code ? stderr : '' }))).toEqual([
      { code: 0, stderr: '' },
      { code: 0, stderr: '' },
    ]);
    const inserted = ends.map(({ stdout }) => JSON.parse(stdout).inserted as number);
    expect(inserted.reduce((a, b) => a + b)).toBe(1500);
    expect(await allUsers()).toHaveLength(1500);
  });

  test('SIGINT ends with 130 between two batches; the next run completes it', async () => {
    const { child, output, ended } = start('cli/seed.js', ['--users', '1000000', '--json'], place.env);
    while (!output.stderr.includes('Seeding')) await pause(10);
    await pause(300);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect({ code, stderr }).toEqual({
      code: 130,
      stderr: expect.stringMatching(/Run the same command again/),
    });
    const { inserted } = JSON.parse(stdout);
    expect(await allUsers()).toHaveLength(inserted);
    expect(inserted).toBeLessThan(1_000_000);
    const next = await seed(['--users', String(inserted + 100), '--json']);
    expect(JSON.parse(next.stdout).inserted).toBe(100);
  });

  test.runIf(isOnce)('refuses what it cannot do with code 1, and wrong usage with code 2', async () => {
    const refused = async (result: Promise<Exit>, code: number, sentence: RegExp) => {
      const exit = await result;
      expect(exit).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(sentence) });
      expect(exit.stderr).not.toMatch(/\bat .+:\d+:\d+/);
    };
    await refused(seed(['--users', '1'], production), 1, /production mode.*--allow-production/);
    await refused(seed(['--users', '1', '--password-stdin'], {}, 'short'), 1, /password: must have 8/);
    await refused(seed(['--users', '1'], { MIGRATE_ON_START: '0' }), 1, /db:migrate/);
    await refused(seed(['--users', '1'], { DATABASE_POOL_MAX: 'many' }), 1, /DATABASE_POOL_MAX/);
    for (const given of [
      [],
      ['--users', '0'],
      ['--users', '1e3'],
      ['--users', '10000001'],
      ['--users', '1', 'x'],
    ])
      await refused(seed(given), 2, /error: /);
    const help = await seed(['--help']);
    expect(help).toMatchObject({ code: 0, stdout: expect.stringMatching(/Usage: npm run db:seed --/) });
    expect((await seed(['--users', '1', '--allow-production'], production)).code).toBe(0);
  });
});

test('a seeded user is what the API itself would have kept', () => {
  for (let i = 1; i <= 2_000; i++) {
    const { id, email, name, createdAt } = seedUser(i, '-');
    expect(newUserSchema.parse({ email, name, password })).toEqual({ email, name, password });
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(createdAt.getTime());
  }
  // Written down, since whoever seeds again must find these.
  expect(seedUser(1, '-')).toMatchObject({ email: 'seed-000001@example.org' });
  expect(seedUser(1_000_000, '-').email).toBe('seed-1000000@example.org');
});
