import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newEmail, password } from '../support/api.js';
import { makePlace, openApp } from '../support/app.js';
import { engineUnderTest } from '../support/engines.js';
import { type Exit, run } from '../support/server.js';
import { direct } from '../support/transports.js';

/** What no database has a part in. */
const isOnce = engineUnderTest.engine === 'sqlite';

describe('npm run admin', () => {
  let place: Awaited<ReturnType<typeof makePlace>>;
  beforeAll(async () => {
    place = await makePlace();
  });
  afterAll(() => place.remove());
  const admin = (args: string[], input = ''): Promise<Exit> => run('cli/admin.js', args, place.env, input);

  /** Code 1, nothing done, and a sentence instead of a stack. */
  async function expectRefused(args: string[], input: string, sentence: RegExp): Promise<void> {
    const { code, stdout, stderr } = await admin(args, input);
    expect({ args, code, stdout }).toEqual({ args, code: 1, stdout: '' });
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/\bat .+:\d+:\d+/);
  }

  test('creates, lists and demotes, but never the last one', async () => {
    const [first, second] = [newEmail(), newEmail()];
    const made = await admin(['create', first.toUpperCase(), '--name', 'Root']);
    expect(made.code, made.stderr).toBe(0);
    const madeUp = /^password: (\S{16,})$/m.exec(made.stdout)?.[1];
    expect(madeUp).toBeDefined();
    await expectRefused(['demote', first], '', /last admin/);
    await expectRefused(['create', first, '--name', 'Again', '--password-stdin'], password, /exists/);

    const other = await admin(['create', second, '--name', 'Second', '--password-stdin'], `${password}\n`);
    expect(other.code, other.stderr).toBe(0);
    expect(other.stdout).not.toContain(password);
    const lines = (await admin(['list'])).stdout.trim().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^[0-9a-f-]{36} ${second} Second$`)));

    expect((await admin(['demote', second])).code).toBe(0);
    const left = JSON.parse((await admin(['list', '--json'])).stdout);
    expect(left.map(({ email }: { email: string }) => email.toLowerCase())).toEqual([first]);

    const { app, close } = await openApp({ DATABASE_URL: place.env.DATABASE_URL });
    const door = await direct.open(app);
    const login = (email: string, given: string) =>
      door.call({ method: 'POST', path: '/v1/auth/login', body: { email, password: given } });
    expect((await login(first, madeUp as string)).status).toBe(200);
    expect((await login(second, password)).status).toBe(200);
    await close();
  });

  test('refuses with code 1 what breaks a rule', async () => {
    await expectRefused(
      ['create', 'no-address', '--name', ' ', '--password-stdin'],
      'short',
      /email.*name.*password/s,
    );
    await expectRefused(['demote', newEmail()], '', /no admin/);
  });

  test.runIf(isOnce)('explains wrong usage with code 2, and itself with code 0', async () => {
    const [wrong, unknown, help] = await Promise.all([
      admin(['create', newEmail()]),
      admin(['list', '--unknown']),
      admin(['create', '--help']),
    ]);
    expect([wrong.code, unknown.code, help.code]).toEqual([2, 2, 0]);
    expect(help.stdout).toMatch(/Usage: npm run admin --/);
  });

  test.runIf(isOnce)('refuses a configuration that cannot be used', async () => {
    const { code, stderr } = await run('cli/admin.js', ['list'], { NODE_ENV: 'production' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/DATABASE_URL: is required/);
  });
});
