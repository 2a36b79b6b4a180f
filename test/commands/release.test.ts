/** A release by osls itself, into an account that is made up: its order, and what keeps it from going on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyStack } from '../../scripts/stack/package-stack.js';
import { makeFolder } from '../support/app.js';
import { type Account, standInAws } from '../support/stand-in-aws.js';

let folder: Awaited<ReturnType<typeof makeFolder>>;
beforeAll(async () => {
  folder = await makeFolder();
  await copyStack('.', folder.path);
});
afterAll(() => folder.remove());

async function release(account: Account, ...args: string[]) {
  const { url, steps } = await standInAws(account);
  const child = spawn(process.execPath, [resolve('scripts/release.js'), ...args], {
    cwd: folder.path,
    env: {
      PATH: [resolve('node_modules/.bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(':'),
      HOME: join(folder.path, 'home'),
      AWS_ACCESS_KEY_ID: 'none',
      AWS_SECRET_ACCESS_KEY: 'none',
      AWS_ENDPOINT_URL: url,
      AWS_MAX_ATTEMPTS: '1',
      // How often osls asks how far a deployment is.
      SLS_AWS_MONITORING_FREQUENCY: '50',
    },
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, steps, output: output + errors };
}

const toDev = ['--stage', 'dev'];
const newCode = 'code of farebox-dev-migrate';
const migration = 'invocations of farebox-dev-migrate: {}';
const uploads = ['api.zip', 'compiled-cloudformation-template.json', 'migrate.zip', 'serverless-state.json'];

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

test.each([[[]], [['--sttage', 'dev']], [['dev']]])('wrong usage (%j) does nothing', async (args) => {
  const { code, steps } = await release({ hasStack: true }, ...args);
  expect({ code, steps }).toEqual({ code: 2, steps: [] });
});
