import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newEmail, password } from '../support/api.js';
import { makeFolder, openApp } from '../support/app.js';
import { type Exit, run } from '../support/server.js';
import { direct } from '../support/transports.js';

describe('npm run admin', () => {
  let folder: Awaited<ReturnType<typeof makeFolder>>;
  beforeAll(async () => {
    folder = await makeFolder();
  });
  afterAll(() => folder.remove());
  const admin = (args: string[], input = ''): Promise<Exit> =>
    run('cli/admin.js', args, { DATA_DIR: folder.path }, input);
  const listed = async (): Promise<string[]> =>
    JSON.parse((await admin(['list', '--json'])).stdout).map(({ email }: { email: string }) => email);

  test('creates, lists and demotes, but never the last one', async () => {
    const [first, second] = [newEmail(), newEmail()];
    const made = await admin(['create', first.toUpperCase(), '--name', 'Root']);
    expect(made.code, made.stderr).toBe(0);
    const madeUp = /^password: (\S{16,})$/m.exec(made.stdout)?.[1];
    expect(madeUp).toBeDefined();

    const onlyOne = await admin(['demote', first]);
    expect({ code: onlyOne.code, stdout: onlyOne.stdout }).toEqual({ code: 1, stdout: '' });
    expect(onlyOne.stderr).toMatch(/last admin/);

    const other = await admin(['create', second, '--name', 'Second', '--password-stdin'], `${password}\n`);
    expect(other.code, other.stderr).toBe(0);
    expect(other.stdout).not.toContain(password);
    expect(await listed()).toHaveLength(2);
    expect((await admin(['list'])).stdout).toMatch(new RegExp(`^[0-9a-f-]{36} ${second} Second$`, 'm'));

    expect((await admin(['demote', second])).code).toBe(0);
    expect((await listed()).map((email) => email.toLowerCase())).toEqual([first]);

    const { app, close } = await openApp({ DATABASE_URL: `file:${folder.path}/farebox.db` });
    const door = await direct.open(app);
    const login = (email: string, given: string) =>
      door.call({ method: 'POST', path: '/v1/auth/login', body: { email, password: given } });
    expect((await login(first, madeUp as string)).status).toBe(200);
    expect((await login(second, password)).status).toBe(200);
    await close();
  });

  test('refuses with code 1 and a sentence, never a stack', async () => {
    const taken = newEmail();
    await admin(['create', taken, '--name', 'Taken', '--password-stdin'], password);
    for (const [args, input, sentence] of [
      [['create', taken, '--name', 'Again', '--password-stdin'], password, /exists/],
      [['create', newEmail(), '--name', 'x', '--password-stdin'], 'short', /password/],
      [['demote', newEmail()], '', /no admin/],
    ] as const) {
      const { code, stdout, stderr } = await admin([...args], input);
      expect({ args, code, stdout }).toEqual({ args, code: 1, stdout: '' });
      expect(stderr).toMatch(sentence);
      expect(stderr).not.toMatch(/\bat .+:\d+:\d+/);
    }
  });

  test('explains wrong usage with code 2, and itself with code 0', async () => {
    for (const args of [[], ['create', newEmail()], ['list', '--unknown']])
      expect({ args, code: (await admin(args)).code }).toEqual({ args, code: 2 });
    const { code, stdout } = await admin(['create', '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Usage: npm run admin --/);
  });

  test('refuses a configuration that cannot be used', async () => {
    const { code, stderr } = await run('cli/admin.js', ['list'], { NODE_ENV: 'production' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/DATABASE_URL: is required/);
  });
});
