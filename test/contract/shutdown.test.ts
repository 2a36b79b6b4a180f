import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { newEmail, password } from '../support/api.js';
import { makePlace } from '../support/app.js';
import { engineUnderTest } from '../support/engines.js';
import { startServer } from '../support/server.js';
import { callOverSocket } from '../support/transports.js';

const isOnce = engineUnderTest.engine === 'sqlite';

// A database has a part in how a process ends, none in how it is told to.
describe.each(isOnce ? (['SIGTERM', 'SIGINT'] as const) : (['SIGTERM'] as const))('%s', (signal) => {
  test('lets answers in flight finish, then ends with code 0', async () => {
    const place = await makePlace();
    const server = await startServer(place.env);
    // As browsers and proxies do: connections that would stay open.
    const agent = new Agent({ keepAlive: true });
    const emails = Array.from({ length: 12 }, newEmail);
    const live = emails.map(() => callOverSocket(server.port, { path: '/health/live' }, agent));
    for (const { status } of await Promise.all(live)) expect(status).toBe(200);
    const answers = emails.map((email) =>
      callOverSocket(
        server.port,
        { method: 'POST', path: '/v1/users', body: { email, name: 'Ada', password } },
        agent,
      ),
    );
    // The first answer shows that all twelve have arrived: they were sent together, over connections that stood.
    await Promise.race(answers);
    const startedMs = performance.now();
    const { code, stderr } = await server.stop(signal);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(performance.now() - startedMs).toBeLessThan(8_000);
    for (const { status, text } of await Promise.all(answers)) expect(status, text).toBe(201);
    agent.destroy();
    await place.remove();
  });
});

test.runIf(isOnce)('SIGTERM takes no new connections and waits for no idle ones', async () => {
  const place = await makePlace();
  const server = await startServer(place.env);
  const idle = connect(server.port, '127.0.0.1');
  await once(idle, 'connect');
  // How it is ended does not matter.
  idle.on('error', () => undefined);
  const startedMs = performance.now();
  const { code } = await server.stop();
  expect(code).toBe(0);
  expect(performance.now() - startedMs).toBeLessThan(5_000);
  await expect(server.call({ path: '/health/live' })).rejects.toThrow(/ECONNREFUSED/);
  idle.destroy();
  await place.remove();
});
