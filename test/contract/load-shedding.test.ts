/** A server that has more to do than it can refuses most of it in time, says so, and comes back by itself. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makePlace, type Place } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problems.js';
import { type Server, startServer } from '../support/server.js';

const flood = fileURLToPath(new URL('../support/flood-program.js', import.meta.url));
/** Small, so that any machine is soon over it. */
const limits = { MAX_LOOP_DELAY_MS: '20' };
const origin = 'https://app.example.org';

const shedIn = (text: string): number => Number(/^farebox_requests_shed_total (\d+)$/m.exec(text)?.[1] ?? 0);

let place: Place;
let server: Server;
beforeAll(async () => {
  place = await makePlace();
  server = await startServer({ ...place.env, ...limits, CORS_ORIGINS: origin, LOG_LEVEL: 'warn' });
});
afterAll(async () => {
  await server?.stop();
  await place?.remove();
});

/** The load is a process of its own: it holds the server's loop, not ours. */
async function underFlood<T>(work: () => Promise<T>): Promise<T> {
  const child: ChildProcess = fork(flood, [String(server.port)]);
  try {
    return await work();
  } finally {
    child.kill('SIGKILL');
  }
}

test('while the event loop is late requests are refused, but for health and metrics; then all are answered', async () => {
  const users = { path: '/v1/users/me', headers: { origin } };
  const preflight = {
    ...{ method: 'OPTIONS', path: '/v1/users/me' },
    headers: {
      origin,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    },
  };
  // The start makes the loop late too.
  await eventually(async () => expect((await server.call(users)).status).toBe(401));
  await underFlood(async () => {
    const refused = await eventually(async () => {
      const answer = await server.call(users);
      expect(answer.status).toBe(503);
      return answer;
    });
    expectProblem(refused, 503, 'OVERLOADED');
    expect(refused.headers['retry-after']).toMatch(/^[123]$/);
    expect(refused.headers['cache-control']).toBe('private, no-cache');
    expect(refused.headers['x-content-type-options']).toBe('nosniff');
    // A page of another origin can read it.
    expect(refused.headers['access-control-allow-origin']).toBe(origin);
    expect(refused.headers['access-control-expose-headers']).toMatch(/Retry-After/);
    // More than one sample long.
    for (let n = 0; n < 10; n++) {
      expect((await server.call(preflight)).status).toBe(204);
      for (const path of ['/health/live', '/health/ready', '/metrics'])
        expect([path, (await server.call({ path })).status]).toEqual([path, 200]);
    }
  });
  await eventually(async () => expect((await server.call(users)).status).toBe(401));
});

test('they are counted, and an episode is logged when it begins and when it is over, whatever was refused', async () => {
  const { text } = await server.call({ path: '/metrics' });
  expect(shedIn(text)).toBeGreaterThan(0);
  const logged = await eventually(() => {
    const some = server.logged().filter(({ message }) => /overloaded/.test(message));
    expect(some.at(-1)?.message).toBe('no longer overloaded');
    return some;
  });
  expect(logged[0]).toMatchObject({ level: 'warn', message: 'overloaded', maxLoopDelayMs: 20 });
  const sum = logged.reduce((all, { shed = 0 }) => all + shed, 0);
  expect(sum).toBe(shedIn((await server.call({ path: '/metrics' })).text));
  expect(logged.length).toBeLessThan(sum);
  expect(server.output.stdout).not.toContain('"code":"OVERLOADED"');
});

test('0 takes every request, however late the loop is', async () => {
  const other = await makePlace();
  const patient = await startServer({ ...other.env, MAX_LOOP_DELAY_MS: '0' });
  const child = fork(flood, [String(patient.port)]);
  try {
    await eventually(async () => {
      const { text } = await patient.call({ path: '/metrics' });
      const [, mean] = /^farebox_event_loop_delay_seconds\{statistic="mean"\} (.+)$/m.exec(text) ?? [];
      expect(Number(mean)).toBeGreaterThan(0.02);
    });
    expect((await patient.call({ path: '/v1/users/me' })).status).toBe(401);
    expect(shedIn((await patient.call({ path: '/metrics' })).text)).toBe(0);
  } finally {
    child.kill('SIGKILL');
    await patient.stop();
    await other.remove();
  }
});
