import { mkdir, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bearer, newEmail, password } from '../support/api.js';
import { makeFolder } from '../support/app.js';
import { run, startServer } from '../support/server.js';

let folder: Awaited<ReturnType<typeof makeFolder>>;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => folder.remove());

describe('a start with nothing configured', () => {
  test('prints where everything is, and serves it', async () => {
    const server = await startServer({ DATA_DIR: folder.path });
    try {
      const base = `http://127.0.0.1:${server.port}`;
      for (const url of [`${base}/v1/users`, `${base}/docs`, `${base}/openapi.json`, `${base}/health/ready`])
        expect(server.output.stdout).toContain(url);
      expect(server.output.stdout).toContain(folder.path);
      expect((await server.call({ path: '/health/ready' })).json).toEqual({ status: 'ok' });
    } finally {
      await server.stop();
    }
  });

  test('keeps data and secret for the next one: tokens stay valid', async () => {
    const first = await startServer({ DATA_DIR: folder.path });
    const email = newEmail();
    const user = await first.call({
      method: 'POST',
      path: '/v1/users',
      body: { email, name: 'Ada', password },
    });
    const { json } = await first.call({ method: 'POST', path: '/v1/auth/login', body: { email, password } });
    expect((await first.stop()).code).toBe(0);

    const second = await startServer({ DATA_DIR: folder.path });
    try {
      const me = await second.call({ path: '/v1/users/me', headers: bearer(json.accessToken) });
      expect(me.json).toEqual(user.json);
      const body = { refreshToken: json.refreshToken };
      expect((await second.call({ method: 'POST', path: '/v1/auth/refresh', body })).status).toBe(200);
    } finally {
      await second.stop();
    }
  });

  test('keeps secret and database for its owner only', async () => {
    const data = join(folder.path, 'data');
    await mkdir(data);
    const server = await startServer({ DATA_DIR: data });
    try {
      for (const file of ['secret', 'farebox.db'])
        expect((await stat(join(data, file))).mode & 0o777).toBe(0o600);
    } finally {
      await server.stop();
    }
  });
});

describe('a start that cannot be', () => {
  test('because the port is taken says so and names PORT', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as { port: number };
    const { code, stderr } = await run('main.js', [], { DATA_DIR: folder.path, PORT: String(port) });
    blocker.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/in use/);
    expect(stderr).toMatch(/\bPORT\b/);
    expect(stderr).not.toMatch(/\bat .+:\d+:\d+/);
  });

  test.each(['0.0.0.0', '::', '192.0.2.1'])(
    'because development must not listen on %s says so',
    async (HOST) => {
      const { code, stderr, stdout } = await run('main.js', [], { DATA_DIR: folder.path, HOST, PORT: '0' });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/HOST/);
      expect(stderr).toMatch(/UNSAFE_PUBLIC_DEVELOPMENT/);
    },
  );

  test('because of several values names every one of them, and shows no secret', async () => {
    const env = {
      NODE_ENV: 'production',
      PORT: 'http',
      LOG_LEVEL: 'loud',
      SECRETS: 'too-short-to-be-safe',
      DOCS: 'maybe',
    };
    const { code, stderr } = await run('main.js', [], { ...env, DATA_DIR: folder.path });
    expect(code).toBe(1);
    for (const name of ['PORT', 'LOG_LEVEL', 'SECRETS', 'DOCS', 'DATABASE_URL'])
      expect(stderr.split('\n').filter((line) => line.trim().startsWith(name))).toHaveLength(1);
    expect(stderr).not.toContain('too-short-to-be-safe');
  });

  test('without what production requires', async () => {
    const { code, stderr } = await run('main.js', [], { NODE_ENV: 'production', DATA_DIR: folder.path });
    expect(code).toBe(1);
    expect(stderr).toMatch(/SECRETS: .*required/);
    expect(stderr).toMatch(/DATABASE_URL: .*required/);
  });
});

test('a switch that weakens safety is warned of at start', async () => {
  const server = await startServer({
    DATA_DIR: folder.path,
    UNSAFE_PUBLIC_DEVELOPMENT: '1',
    HOST: '0.0.0.0',
  });
  await server.stop();
  expect(server.output.stdout).toMatch(/Warning.*UNSAFE_PUBLIC_DEVELOPMENT/);
});
