/** A release by osls itself, into an account that is made up: its order, and what keeps it from going on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { copyStack } from '../../scripts/stack/package-stack.js';
import { makeFolder } from '../support/app.js';
import { type Account, standInAws } from '../support/stand-in-aws.js';

let folder: Awaited<ReturnType<typeof makeFolder>>;
beforeAll(async () => {
  folder = await makeFolder();
  await copyStack('.', folder.path);
});
afterAll(() => folder.remove());

async function run(env: Record<string, string>, args: string[]) {
  const child = spawn(process.execPath, [resolve('scripts/release.js'), ...args], { cwd: folder.path, env });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, output: output + errors };
}

async function releaseWith(env: Record<string, string>, account: Account, ...args: string[]) {
  const { url, steps } = await standInAws(account);
  const done = await run(
    {
      PATH: [resolve('node_modules/.bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(':'),
      HOME: join(folder.path, 'home'),
      AWS_ACCESS_KEY_ID: 'none',
      AWS_SECRET_ACCESS_KEY: 'none',
      AWS_ENDPOINT_URL: url,
      // How often osls asks how far a deployment is.
      SLS_AWS_MONITORING_FREQUENCY: '50',
      ...env,
    },
    args,
  );
  return { ...done, steps };
}
const release = (account: Account, ...args: string[]) => releaseWith({}, account, ...args);

/** By a stand-in for osls that does nothing. @returns how it was run, a line each */
async function commandsOf(...args: string[]) {
  const bin = await makeFolder();
  onTestFinished(() => bin.remove());
  const program =
    '#!/bin/sh\necho "$@" "timeout=$AWS_CLIENT_TIMEOUT retries=$SLS_AWS_REQUEST_MAX_RETRIES" >> "$0.log"\n';
  await writeFile(join(bin.path, 'serverless'), program, { mode: 0o755 });
  const { code, output } = await run({ PATH: `${bin.path}:/usr/bin:/bin` }, args);
  expect(code, output).toBe(0);
  return (await readFile(join(bin.path, 'serverless.log'), 'utf8')).trim().split('\n');
}

const toDev = ['--stage', 'dev', '--region', 'us-east-1'];
const newCode = 'code of farebox-dev-migrate';
const migration = 'invocations of farebox-dev-migrate: {}';
const uploads = [
  'api.zip',
  'compiled-cloudformation-template.json',
  'migrate.zip',
  'serverless-state.json',
  'stream.zip',
];

/** What is uploaded at once has no order. */
function inOrder(steps: string[]): string[] {
  const isUpload = (step: string) => step.startsWith('upload of ');
  const uploaded = steps.filter(isUpload).sort();
  if (uploaded.length > 0) expect(uploaded).toEqual(uploads.map((file) => `upload of ${file}`));
  return steps.filter((step) => !isUpload(step));
}

test('a release migrates by the new code before the stack has it, and leaves the function’s settings alone', async () => {
  const { code, steps, output } = await release({ hasStack: true }, ...toDev);
  expect({ code, steps: inOrder(steps) }, output).toEqual({
    code: 0,
    steps: [newCode, migration, 'UpdateStack'],
  });
  expect(output).toContain('1_init');
});

test('a first release makes the stack, then migrates', async () => {
  const { code, steps, output } = await release({}, ...toDev);
  expect({ code, steps: inOrder(steps) }, output).toEqual({
    code: 0,
    steps: ['CreateStack', 'UpdateStack', migration],
  });
});

test('a migration that fails keeps the new code from being released', async () => {
  const { code, steps, output } = await release({ hasStack: true, doesMigrationFail: true }, ...toDev);
  expect({ code, steps }, output).toEqual({ code: 1, steps: [newCode, migration] });
  expect(output).toContain('release --without-migrations first');
});

test('a migration that takes longer than we wait is not begun a second time', async () => {
  const account = { hasStack: true, migrationMs: 8_000 };
  const { code, steps, output } = await releaseWith({ AWS_CLIENT_TIMEOUT: '500' }, account, ...toDev);
  expect({ code, steps }, output).toEqual({ code: 1, steps: [newCode, migration] });
});

test('a migration is waited for beyond the time that its function has', async () => {
  const { functions } = parse(await readFile('serverless.yml', 'utf8'), { logLevel: 'silent' });
  const [, invocation] = await commandsOf(...toDev);
  const [, waitMs, retries] = /timeout=(\d*) retries=(\d*)$/.exec(invocation ?? '') ?? [];
  expect(Number(waitMs)).toBeGreaterThan(functions.migrate.timeout * 1_000);
  expect(retries).toBe('0');
});

test('each step is told the stage and every --param', async () => {
  const commands = await commandsOf(...toDev, '--param', 'alarmEmail=ada@example.org', '--param=signup=open');
  const where =
    '--stage dev --region us-east-1 --param alarmEmail=ada@example.org --param signup=open timeout=';
  expect(commands.map((command) => command.replace(/timeout=.*/, 'timeout='))).toEqual([
    `deploy function --function migrate ${where}`,
    `invoke --function migrate --data {} ${where}`,
    `deploy --force ${where}`,
  ]);
});

test('a deployment that fails is said', async () => {
  const { code, steps, output } = await release({ hasStack: true, doesDeploymentFail: true }, ...toDev);
  expect({ code, steps: inOrder(steps) }, output).toEqual({ code: 1, steps: [newCode, migration] });
  expect(output).toContain('Not released: "serverless deploy --force" failed.');
});

test('an account that refuses is not taken for a first release', async () => {
  const { code, steps, output } = await release({ isForbidden: true }, ...toDev);
  expect({ code, steps }, output).toEqual({ code: 1, steps: [] });
});

test('going back deploys without migrating', async () => {
  const { code, steps, output } = await release({ hasStack: true }, ...toDev, '--without-migrations');
  expect({ code, steps: inOrder(steps) }, output).toEqual({ code: 0, steps: ['UpdateStack'] });
});

test.each([[[]], [['--sttage', 'dev']], [['dev']], [['--stage', 'dev']]])(
  'wrong usage (%j) does nothing',
  async (args) => {
    const { code, steps } = await release({ hasStack: true }, ...args);
    expect({ code, steps }).toEqual({ code: 2, steps: [] });
  },
);

test('--help says how it is used, and does nothing', async () => {
  const { code, steps, output } = await release({ hasStack: true }, '--help');
  expect({ code, steps }).toEqual({ code: 0, steps: [] });
  expect(output).toMatch(/^Usage: /);
});

test('without osls nothing is released, and it is no wrong usage', async () => {
  const { code, output } = await run({ PATH: '/nowhere' }, toDev);
  expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('cannot run serverless') });
  expect(output).not.toContain('Usage');
});
