/** The order of a release: osls itself, against a stand-in for Lambda's API; only the whole deployment is made up. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { copyStack } from '../../scripts/stack/package-stack.js';
import { makeFolder } from '../support/app.js';

const osls = createRequire(import.meta.url).resolve('osls/bin/serverless.js');
let folder: Awaited<ReturnType<typeof makeFolder>>;
beforeAll(async () => {
  folder = await makeFolder();
  await copyStack('.', folder.path);
  await mkdir(join(folder.path, 'bin'));
  const command = join(folder.path, 'bin', 'serverless');
  const standIn = `#!/bin/sh
if [ "$1 $2" = "deploy --force" ]; then echo "the stack" >> "$STEPS"; exit "$DEPLOY_EXIT"; fi
exec "${process.execPath}" "${osls}" "$@"
`;
  await writeFile(command, standIn);
  await chmod(command, 0o700);
});
afterAll(() => folder.remove());

interface Account {
  hasFunction?: boolean;
  doesMigrationFail?: boolean;
  doesDeploymentFail?: boolean;
  isForbidden?: boolean;
}

/** Releases to an account such as this. @returns the exit code, and what was done to the account, in order */
async function release(account: Account, ...args: string[]) {
  const stepsFile = join(folder.path, `steps-${Math.random()}`);
  await writeFile(stepsFile, '');
  const note = (step: string) => writeFile(stepsFile, `${step}\n`, { flag: 'a' });
  const lambda = createServer(async (request, response) => {
    const body = await text(request);
    response.setHeader('content-type', 'application/json');
    const refuse = (status: number, type: string) =>
      response.writeHead(status, { 'x-amzn-errortype': type }).end('{"message":"no"}');
    const path = request.url ?? '';
    if (body.includes('GetCallerIdentity'))
      response
        .setHeader('content-type', 'text/xml')
        .end(
          '<R xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/x</Arn><Account>123456789012</Account></GetCallerIdentityResult></R>',
        );
    else if (account.isForbidden) refuse(403, 'AccessDeniedException');
    else if (path.endsWith('/invocations')) {
      await note(`migrate ${body}`);
      if (account.doesMigrationFail) response.setHeader('x-amz-function-error', 'Unhandled');
      response.end('{"applied":["1_init"]}');
    } else if (path.endsWith('/code')) {
      await note(`code of ${path.split('/')[3]}`);
      response.end('{}');
    } else if (path.endsWith('/configuration')) {
      await note(`configuration ${body}`);
      response.end('{}');
    } else if (account.hasFunction)
      response.end(
        '{"Configuration":{"State":"Active","LastUpdateStatus":"Successful","CodeSha256":"another","Role":"arn:aws:iam::123456789012:role/farebox-dev-us-east-1-migrate","MemorySize":512,"Timeout":300,"Handler":"index.handler","Description":"Applies pending migrations, invoked once a release","Environment":{"Variables":{"DATABASE_URL":"postgresql://resolved"}}}}',
      );
    else refuse(404, 'ResourceNotFoundException');
  });
  lambda.listen(0, '127.0.0.1');
  await once(lambda, 'listening');
  onTestFinished(() => void lambda.close());
  const child = spawn(process.execPath, [resolve('scripts/release.js'), '--stage', 'dev', ...args], {
    cwd: folder.path,
    env: {
      PATH: [join(folder.path, 'bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
      HOME: join(folder.path, 'home'),
      STEPS: stepsFile,
      DEPLOY_EXIT: account.doesDeploymentFail ? '1' : '0',
      AWS_ACCESS_KEY_ID: 'none',
      AWS_SECRET_ACCESS_KEY: 'none',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`,
      AWS_MAX_ATTEMPTS: '1',
    },
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const steps = (await readFile(stepsFile, 'utf8')).trim().split('\n').filter(Boolean);
  return { code: child.exitCode, steps, output: output + errors };
}

const migrateCode = 'code of farebox-dev-migrate';

test('a release migrates by the new code before the stack has it, and leaves the settings alone', async () => {
  const { code, steps, output } = await release({ hasFunction: true });
  expect({ code, steps }, output).toEqual({ code: 0, steps: [migrateCode, 'migrate {}', 'the stack'] });
  expect(output).toContain('1_init');
});

test('a first release makes the stack, then migrates', async () => {
  const { code, steps, output } = await release({});
  expect({ code, steps }, output).toEqual({ code: 0, steps: ['the stack', 'migrate {}'] });
});

test('a migration that fails keeps the new code from being released', async () => {
  const { code, steps, output } = await release({ hasFunction: true, doesMigrationFail: true });
  expect({ code, steps }, output).toEqual({ code: 1, steps: [migrateCode, 'migrate {}'] });
});

test('a deployment that fails is said', async () => {
  const { code, output } = await release({ hasFunction: true, doesDeploymentFail: true });
  expect(code).toBe(1);
  expect(output).toContain('Not released');
});

test('an account that refuses is not taken for a first release', async () => {
  const { code, steps, output } = await release({ isForbidden: true });
  expect({ code, steps }, output).toEqual({ code: 1, steps: [] });
});

test('going back deploys without migrating', async () => {
  const { code, steps, output } = await release({ hasFunction: true }, '--without-migrations');
  expect({ code, steps }, output).toEqual({ code: 0, steps: ['the stack'] });
});

test.each([[['--sttage', 'dev']], [['dev']]])('wrong usage (%s) does nothing', async (args) => {
  const { code, steps } = await release({ hasFunction: true }, ...args);
  expect({ code, steps }).toEqual({ code: 2, steps: [] });
});
