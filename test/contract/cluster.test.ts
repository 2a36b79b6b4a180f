import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { bearer, newEmail, password } from '../support/api.js';
import { makePlace, type Place, secrets } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { run, type Server, start, startServer } from '../support/server.js';
import { type Answer, type Call, callOverSocket, type Json } from '../support/transports.js';

const [A, B] = secrets;
/** Restarts start processes, and each old one waits some seconds for its clients to move. */
const RESTARTS_MS = 240_000;

const workersOf = ({ child: { pid } }: Pick<Server, 'child'>): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const linesSaying = (server: Server, message: string): Json[] =>
  server.logged().filter((line) => line.message === message);
/** Each request on a connection of its own. */
const fresh = new Agent({ keepAlive: false });
const REPLACED = 'All workers replaced';
const GIVEN_UP = 'Restart given up, the old workers go on';

describe('WEB_CONCURRENCY=2', () => {
  let place: Place;
  let server: Server;
  const user = { email: newEmail(), name: 'Ada', password };
  const set = (SECRETS: string, more = '') =>
    writeFile(join(place.path, '.env'), `SECRETS=${SECRETS}\n${more}`);
  const post = (path: string, body: object) => server.call({ method: 'POST', path, body });
  const signIn = async () => (await post('/v1/auth/login', { email: user.email, password })).json;
  const hangUp = async (message: string) => {
    const before = linesSaying(server, message).length;
    server.child.kill('SIGHUP');
    return vi.waitFor(
      () => {
        const lines = linesSaying(server, message);
        expect(lines.length).toBe(before + 1);
        return lines.at(-1);
      },
      { timeout: RESTARTS_MS },
    );
  };
  const countOf = async (labels: string): Promise<number> => {
    const { text } = await server.call({ path: '/metrics' });
    const start = `farebox_http_requests_total{${labels}} `;
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(start))
        ?.slice(start.length) ?? 0,
    );
  };

  beforeAll(async () => {
    place = await makePlace();
    await set(A);
    server = await startServer({ ...place.env, WEB_CONCURRENCY: '2', LOG_LEVEL: 'info' });
    // The first one's log says where it listens before there is a second.
    await eventually(() => expect(server.output.stdout).toMatch(/Farebox is ready/));
    expect((await post('/v1/users', user)).status).toBe(201);
  });
  afterAll(async () => {
    await server.stop('SIGKILL');
    await place.remove();
  });

  test('serves with two processes, on one port, under one banner', async () => {
    expect(workersOf(server)).toHaveLength(2);
    // A connection each: they are dealt out in turn.
    for (let time = 0; time < 6; time += 1)
      await callOverSocket(server.port, { path: '/health/live' }, fresh);
    await eventually(() => {
      const lines = linesSaying(server, 'request').filter(({ route }) => route === '/health/live');
      expect(new Set(lines.map(({ worker }) => worker)).size).toBe(2);
    });
    expect(server.output.stdout.match(/Farebox is ready/g)).toHaveLength(1);
  });

  test('says in one scrape what both have counted', async () => {
    const labels = 'method="GET",route="/health/ready",status_class="2xx"';
    for (let time = 0; time < 6; time += 1)
      await callOverSocket(server.port, { path: '/health/ready' }, fresh);
    await eventually(async () => expect(await countOf(labels)).toBe(6));
  });

  test('replaces a worker that is killed, and counts on', async () => {
    const labels = 'method="GET",route="/health/ready",status_class="2xx"';
    const counted = await countOf(labels);
    const [killed = 0, other] = workersOf(server);
    process.kill(killed, 'SIGKILL');
    await eventually(() => {
      const workers = workersOf(server);
      expect(workers).toHaveLength(2);
      expect(workers).not.toContain(killed);
      expect(workers).toContain(other);
    });
    expect(await countOf(labels)).toBeGreaterThanOrEqual(counted);
    for (let time = 0; time < 4; time += 1)
      expect((await server.call({ path: '/health/ready' })).status).toBe(200);
  });

  test(
    'replaces all on SIGHUP with no request failed, and nobody signed out when SECRETS are rotated so',
    async () => {
      let tokens = await signIn();
      const before = workersOf(server);
      const counted = await countOf('method="POST",route="/v1/users",status_class="2xx"');
      const seen: string[] = [];
      let isOver = false;
      const caller = async (call: () => Call, isKept: boolean) => {
        const agent = new Agent({ keepAlive: isKept, maxSockets: 1 });
        while (!isOver) {
          const answer: Answer | Error = await callOverSocket(server.port, call(), agent).catch(
            (error) => error,
          );
          seen.push(answer instanceof Error ? String(answer) : `${call().path} ${answer.status}`);
          await pause(20);
          // A client that was held up looks first whether its connection is still there.
          await nextTurn();
        }
        agent.destroy();
      };
      const me = (): Call => ({ path: '/v1/users/me', headers: bearer(tokens.accessToken) });
      const signUp = (): Call => ({
        method: 'POST',
        path: '/v1/users',
        body: { email: newEmail(), name: 'New', password },
      });
      const callers = [true, false].flatMap((isKept) => [caller(me, isKept), caller(signUp, isKept)]);
      // All know the new one before any signs with it; it signs for as long as a token of the old lives, then that goes.
      for (const SECRETS of [`${A},${B}`, `${B},${A}`]) {
        await set(SECRETS);
        await hangUp(REPLACED);
      }
      const oldTokens = tokens;
      tokens = (await post('/v1/auth/refresh', { refreshToken: tokens.refreshToken })).json;
      await set(B);
      await hangUp(REPLACED);
      isOver = true;
      await Promise.all(callers);
      expect(new Set(seen)).toEqual(new Set(['/v1/users/me 200', '/v1/users 201']));
      const signUps = seen.filter((line) => line === '/v1/users 201').length;
      await eventually(async () =>
        expect(await countOf('method="POST",route="/v1/users",status_class="2xx"')).toBe(counted + signUps),
      );
      expect(workersOf(server).filter((pid) => before.includes(pid))).toEqual([]);
      const late = await server.call({ path: '/v1/users/me', headers: bearer(oldTokens.accessToken) });
      expect(late.status).toBe(401);
    },
    RESTARTS_MS,
  );

  test('keeps its workers where .env cannot be used, and says why in one line', async () => {
    const before = workersOf(server);
    await set(B, 'DATABASE_POOL_MAX=many\n');
    const line = await hangUp(GIVEN_UP);
    expect(line).toMatchObject({ level: 'error', reason: expect.stringMatching(/DATABASE_POOL_MAX=many/) });
    expect(workersOf(server)).toEqual(before);
    expect((await server.call({ path: '/health/ready' })).status).toBe(200);
    await set(B);
  });

  test('keeps its workers where .env would turn it into another mode', async () => {
    const before = workersOf(server);
    await set(B, `NODE_ENV=production\nDATABASE_URL=file:${join(place.path, 'farebox.db')}\n`);
    const line = await hangUp(GIVEN_UP);
    expect(line).toMatchObject({ reason: expect.stringMatching(/^NODE_ENV: development does not become/) });
    expect(workersOf(server)).toEqual(before);
    await set(B);
  });

  test('keeps its workers where .env cannot be read, and says why in one line', async () => {
    const before = workersOf(server);
    await rm(join(place.path, '.env'));
    // Nobody can read it, not even root.
    await mkdir(join(place.path, '.env'));
    const line = await hangUp(GIVEN_UP);
    expect(line).toMatchObject({ level: 'error', reason: '.env: cannot be read (EISDIR)' });
    expect(workersOf(server)).toEqual(before);
    await rm(join(place.path, '.env'), { recursive: true });
    await set(B);
  });

  test(
    'stays where it listens, whatever PORT and HOST have become in .env, and says so',
    async () => {
      await set(B, 'HOST=127.0.0.2\n');
      await hangUp(REPLACED);
      expect(linesSaying(server, 'PORT and HOST stay as they were: they need a new start')).toHaveLength(1);
      expect(workersOf(server)).toHaveLength(2);
      expect((await server.call({ path: '/health/ready' })).status).toBe(200);
    },
    RESTARTS_MS,
  );

  test('finishes what is in flight at SIGTERM, and ends with code 0', async () => {
    const agent = new Agent({ keepAlive: true });
    const calls = Array.from({ length: 6 }, newEmail).map((email) => ({
      method: 'POST',
      path: '/v1/users',
      body: { email, name: 'Last', password },
    }));
    await Promise.all(calls.map(() => callOverSocket(server.port, { path: '/health/live' }, agent)));
    const answers = calls.map((call) => callOverSocket(server.port, call, agent));
    await Promise.race(answers);
    const workers = workersOf(server);
    const { code, stderr } = await server.stop();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const { status, text } of await Promise.all(answers)) expect(status, text).toBe(201);
    expect(workers.filter(isAlive)).toEqual([]);
    agent.destroy();
  });
});

test('ends at once at a SIGTERM that comes before there is a worker that listens', async () => {
  const place = await makePlace();
  const { child, ended } = start('main.js', [], { ...place.env, WEB_CONCURRENCY: '2', PORT: '0' });
  await eventually(() => expect(workersOf({ child })).not.toEqual([]));
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0, stderr: '' });
  await place.remove();
});

test('workers whose primary is killed end by themselves', async () => {
  const place = await makePlace();
  const server = await startServer({ ...place.env, WEB_CONCURRENCY: '2' });
  const workers = workersOf(server);
  expect(workers).toHaveLength(2);
  await server.stop('SIGKILL');
  await eventually(() => expect(workers.filter(isAlive)).toEqual([]));
  await place.remove();
});

describe('a start of several that cannot be', () => {
  test('because of a bad value says so once', async () => {
    const place = await makePlace();
    const { code, stderr } = await run('main.js', [], {
      ...place.env,
      WEB_CONCURRENCY: '3',
      LOG_LEVEL: 'loud',
    });
    expect(code).toBe(1);
    expect(stderr.match(/LOG_LEVEL/g)).toHaveLength(1);
    await place.remove();
  });

  test('because the port is taken says so once', async () => {
    const place = await makePlace();
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as { port: number };
    const { code, stderr } = await run('main.js', [], {
      ...place.env,
      WEB_CONCURRENCY: '3',
      PORT: String(port),
    });
    blocker.close();
    expect(code).toBe(1);
    expect(stderr).toBe(`address already in use 127.0.0.1:${port}. Set PORT to another one.\n`);
    await place.remove();
  });
});

test('SIGHUP does not end a single process, which says that it has no effect', async () => {
  const place = await makePlace();
  const server = await startServer({ ...place.env, LOG_LEVEL: 'warn' });
  server.child.kill('SIGHUP');
  await eventually(() => expect(server.output.stdout).toMatch(/SIGHUP has no effect/));
  expect((await server.call({ path: '/health/live' })).status).toBe(200);
  expect((await server.stop()).code).toBe(0);
  await place.remove();
});
