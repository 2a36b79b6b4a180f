import { spawn } from 'node:child_process';
import * as crypto from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.js';
import { processState } from '../support/process-state.js';
import { toyStack } from '../support/toy-stack.js';

const command = fileURLToPath(new URL('../../emulator/lambda.ts', import.meta.url));
const tsx = import.meta.resolve('tsx');

const yaml = `
service: toy
provider: { name: aws, architecture: arm64 }
functions:
  api:
    handler: index.handler
    memorySize: 512
    timeout: 20
    environment: { DATABASE_URL: !Sub "\${secret}", TABLE: !Ref Table }
    events: [{ httpApi: '*' }]
  migrate: { handler: index.handler, memorySize: 256, timeout: 20 }
resources: { Outputs: { Url: !GetAtt [Api, Url] } }`;

const api = `
  import { existsSync } from 'node:fs';
  console.log('INIT of the api');
  export const handler = async ({ rawPath, rawQueryString, cookies, headers }) => {
    if (rawPath === '/throw') throw new Error('on\\npurpose');
    if (rawPath === '/odd') return { statusCode: 200, headers: { 'x-odd': 'a\\nb' }, body: '' };
    while (rawPath === '/wait' && !existsSync(headers['x-until'])) await new Promise((r) => setTimeout(r, 5));
    const { SECRETS, SIGNUP, DATABASE_URL, HOST, AWS_PROFILE, NODE_PATH } = process.env;
    const body = { rawPath, rawQueryString, cookies, SECRETS, SIGNUP, DATABASE_URL, HOST, AWS_PROFILE, NODE_PATH, pid: process.pid };
    return { statusCode: 201, headers: { 'x-toy': 'yes' }, cookies: ['a=1', 'b=2; Path=/'], body: JSON.stringify(body) };
  };`;
const migrate = `export const handler = async (event) => {
  if (event.isBad) throw new Error('no table');
  return { applied: ['one'], event };
};`;

const stack = () => toyStack(yaml, { api, migrate });

function start(cwd: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--import', tsx, command, ...args], {
    cwd,
    env: { PATH: process.env.PATH, TMPDIR: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (output.stderr += text));
  const ended = once(child, 'close').then(([code]) => ({ code, ...output }));
  return { child, output, ended };
}

const run = (cwd: string, args: string[], env?: Record<string, string>) => start(cwd, args, env).ended;

/** The command at work on a port of its own choice. */
async function serving(args: string[] = [], env?: Record<string, string>) {
  const folder = await stack();
  const running = start(folder, ['--port', '0', ...args], env);
  const url = await eventually(() => {
    const found = /API +(http:\S+)/.exec(running.output.stdout)?.[1];
    if (!found) throw new Error(`not serving: ${running.output.stderr}`);
    return found;
  });
  return { ...running, folder, url };
}

describe('serving', () => {
  test('hands requests to the zip through the door, with a line for each, and ends on SIGTERM', async () => {
    const { url, child, output, ended, folder } = await serving([], {
      SECRETS: 's'.repeat(32),
      SIGNUP: 'open',
      HOST: 'a-machine',
      AWS_PROFILE: 'mine',
    });
    const answer = await fetch(`${url}/v1/users?page=1&secret=x`, { headers: { cookie: 'sid=7' } });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-toy')).toBe('yes');
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2; Path=/']);
    expect(answer.headers.has('content-length')).toBe(true);
    const { pid, NODE_PATH: _, ...body } = (await answer.json()) as { pid: number; NODE_PATH?: string };
    // The settings that are set, and nothing else of the caller's.
    expect(body).toEqual({
      rawPath: '/v1/users',
      rawQueryString: 'page=1&secret=x',
      cookies: ['sid=7'],
      SECRETS: 's'.repeat(32),
      SIGNUP: 'open',
    });
    await fetch(`${url}/v1/users`, { method: 'POST', body: '{}' });
    await eventually(() => expect(output.stdout).toMatch(/POST/));
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/Farebox is ready, as a function/);
    expect(stdout).toMatch(
      /^GET \/v1\/users 201 {2}cold, init \d+\.\d ms {2}\d+\.\d ms {2}billed \d+ ms {2}\d+ of 512 MB {2}\$0\.0000\d{5} {2}\$\d+\.\d\d a million$/m,
    );
    expect(stdout).toMatch(/^POST \/v1\/users 201 {2}warm {2}\d/m);
    expect(stdout).not.toMatch(/secret=x/);
    expect(stdout).toMatch(/^2 requests, 1 cold, billed \d+ ms: \$0\.0000\d{5}, \$\d+\.\d\d a million$/m);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no colours where no terminal is.
    expect(stdout).not.toMatch(/\x1b/);
    expect(stderr).toMatch(/INIT of the api/);
    expect(stderr.match(/"platform\.report"/g)).toHaveLength(2);
    await eventually(() => expect(processState(pid)).toBe(''));
    expect(readdirSync(folder).filter((name) => name.startsWith('farebox-'))).toEqual([]);
  });

  test('lends argon2 to a Node.js that has none, and says so in a line', async () => {
    const { url, output } = await serving();
    const { NODE_PATH } = (await (await fetch(url)).json()) as { NODE_PATH?: string };
    const isLent = !('argon2' in crypto);
    expect(output.stderr.match(/^This Node\.js has no argon2.*$/gm) ?? []).toHaveLength(isLent ? 1 : 0);
    expect(NODE_PATH?.endsWith('node_modules') ?? false).toBe(isLent);
  });

  test('says of a request why the function failed, and serves on', async () => {
    const { url, output } = await serving();
    const failed = await fetch(`${url}/throw`);
    expect({ status: failed.status, body: await failed.text() }).toEqual({
      status: 500,
      body: '{"message":"Internal Server Error"}',
    });
    expect((await fetch(`${url}/odd`)).status).toBe(500);
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(201);
    await eventually(() => expect(output.stdout).toMatch(/^GET \/throw 500 .*Error: on \| purpose$/m));
  });

  test('keeps a request that is under way when SIGTERM comes', async () => {
    const { url, folder, child, ended } = await serving();
    const until = join(folder, 'go');
    const under = fetch(`${url}/wait`, { headers: { 'x-until': until } });
    await eventually(async () => expect((await fetch(url)).status).toBe(201));
    child.kill('SIGTERM');
    await eventually(() => expect(fetch(url)).rejects.toThrow());
    writeFileSync(until, '');
    expect((await under).status).toBe(201);
    expect((await ended).code).toBe(0);
  });

  test('ends with 130 on SIGINT, and leaves nothing', async () => {
    const { url, child, ended, folder } = await serving();
    const { pid } = (await (await fetch(url)).json()) as { pid: number };
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    await eventually(() => expect(processState(pid)).toBe(''));
    expect(readdirSync(folder).filter((name) => name.startsWith('farebox-'))).toEqual([]);
  });

  test('makes a secret where none is set, and says so', async () => {
    const { url, output } = await serving();
    const { SECRETS } = (await (await fetch(url)).json()) as { SECRETS: string };
    expect(SECRETS.length).toBeGreaterThanOrEqual(32);
    expect(output.stdout).toMatch(/Secret +made for this run/);
    expect(output.stdout).not.toContain(SECRETS);
  });
});

describe('invoking a function that serves no HTTP', () => {
  test('prints what it returns for {}, or for the event in a file', async () => {
    const folder = await stack();
    const once = await run(folder, ['--function', 'migrate']);
    expect({ code: once.code, result: JSON.parse(once.stdout) }).toEqual({
      code: 0,
      result: { applied: ['one'], event: {} },
    });
    writeFileSync(join(folder, 'event.json'), '{"rides":3}');
    const given = await run(folder, ['--function', 'migrate', '--event', 'event.json']);
    expect(JSON.parse(given.stdout).event).toEqual({ rides: 3 });
  });

  test('fails with 1 when the function does, and prints the error', async () => {
    const folder = await stack();
    writeFileSync(join(folder, 'event.json'), '{"isBad":true}');
    const { code, stdout } = await run(folder, ['--function', 'migrate', '--event', 'event.json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ errorType: 'Error', errorMessage: 'no table' });
  });
});

describe('what cannot be', () => {
  const refused = async (cwd: string, args: string[] = [], env = {}) => {
    const { code, stdout, stderr } = await run(cwd, args, env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).not.toMatch(/\bat .+:\d+:\d+/);
    return stderr;
  };

  test('because there is no zip, no stack or no such function says what to do', async () => {
    const folder = await stack();
    expect(await refused(folder, ['--function', 'stream'])).toMatch(/no function stream, but: api, migrate/);
    rmSync(join(folder, 'bundle', 'api.zip'));
    expect(await refused(folder)).toBe('There is no bundle/api.zip. Run: npm run bundle\n');
    rmSync(join(folder, 'serverless.yml'));
    expect(await refused(folder)).toMatch(/no serverless\.yml/);
  });

  test('because the function does not start says its reasons, a line each', async () => {
    const folder = await toyStack(yaml, {
      api: `class ConfigError extends Error { name = 'ConfigError'; }
            throw new ConfigError('The configuration cannot be used:\\n  DATABASE_URL: is required\\n  SECRETS: too short');`,
    });
    const { code, stdout, stderr } = await run(folder, []);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    // After what the runtime has logged.
    expect(stderr).toMatch(/does not start.*\n {2}DATABASE_URL: is required\n {2}SECRETS: too short\n$/);
  });

  test('because the port is taken names --port', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    onTestFinished(() => void blocker.close());
    const { port } = blocker.address() as AddressInfo;
    expect(await refused(await stack(), ['--port', String(port)])).toMatch(/in use.*--port/);
  });

  test.each([
    ['--door', 'window'],
    ['--port', '70000'],
    ['--concurrency', '0'],
    ['--nonsense', '1'],
    ['more', ''],
  ])('because %s %s is wrong usage ends with 2', async (...args) => {
    const { code, stderr } = await run(await stack(), args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^error: /) });
  });
});

test('--help says the options and the exit codes', async () => {
  const { code, stdout } = await run(await stack(), ['--help']);
  expect(code).toBe(0);
  for (const word of [
    '--function',
    '--port',
    '--concurrency',
    '--door',
    '--event',
    '--node',
    'Exit codes: 0',
  ])
    expect(stdout).toContain(word);
});
