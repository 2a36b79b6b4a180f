import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder, secrets } from '../support/app.js';
import { run } from '../support/server.js';
import type { Json } from '../support/transports.js';

let folder: Awaited<ReturnType<typeof makeFolder>>;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => folder.remove());

test('npm run config shows every value and where it comes from', async () => {
  await writeFile(join(folder.path, '.env'), 'LOG_LEVEL=warn\nPORT=4000\n');
  const { code, stdout } = await run('cli/config.js', ['--json'], { DATA_DIR: folder.path, PORT: '5000' });
  expect(code).toBe(0);
  const { mode, settings } = JSON.parse(stdout);
  expect(mode).toBe('development');
  const of = (name: string) => settings.find((row: Json) => row.name === name);
  expect(of('PORT')).toEqual({ name: 'PORT', value: '5000', origin: 'environment' });
  expect(of('LOG_LEVEL')).toEqual({ name: 'LOG_LEVEL', value: 'warn', origin: '.env' });
  expect(of('HOST')).toEqual({ name: 'HOST', value: '127.0.0.1', origin: 'default' });
  expect(of('CORS_ORIGINS')).toEqual({ name: 'CORS_ORIGINS', value: null, origin: 'none' });
});

test('npm run config shows no secret', async () => {
  const env = {
    NODE_ENV: 'production',
    SECRETS: secrets[0],
    DATABASE_URL: 'file:/srv/private-place/farebox.db',
  };
  for (const args of [[], ['--json']]) {
    const { code, stdout, stderr } = await run('cli/config.js', args, { ...env, DATA_DIR: folder.path });
    expect(code, stderr).toBe(0);
    expect(stdout + stderr).not.toContain(secrets[0]);
    expect(stdout).toMatch(/SECRETS[^\n]*\*{8}|"SECRETS",\s+"value": "\*{8}"/);
  }
});

test('npm run config ends with 1 for values that cannot be used, 2 for wrong usage, 0 for --help', async () => {
  const bad = await run('cli/config.js', [], { DATA_DIR: folder.path, PORT: '70000', DOCS: 'x' });
  expect(bad.code).toBe(1);
  expect(bad.stderr).toMatch(/PORT=70000: /);
  expect(bad.stderr).toMatch(/DOCS=x: /);
  expect((await run('cli/config.js', ['--unknown'], { DATA_DIR: folder.path })).code).toBe(2);
  const help = await run('cli/config.js', ['--help'], { DATA_DIR: folder.path });
  expect(help.code).toBe(0);
  expect(help.stdout).toMatch(/Usage: npm run config --/);
});
