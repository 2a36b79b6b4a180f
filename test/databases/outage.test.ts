/** The small form of the trials `restart`, `freeze` and `storm`: a database server that dies, hangs, or is full. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { migrate } from '#dist/database/migrations/migrate.js';
import { databaseProblem } from '#dist/database/problems.js';
import { Api, newEmail, password } from '../support/api.js';
import { engineUnderTest } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { failure, openDatabase } from '../support/temporary-database.js';
import {
  isAvailable,
  type ServerEngine,
  ThrowawayServer,
  throwawayName,
} from '../support/throwaway-server.js';
import { direct } from '../support/transports.js';

const engine = engineUnderTest.engine as ServerEngine;
const isServer = engineUnderTest.engine !== 'sqlite';

describe.runIf(isServer && isAvailable(engine))(`a ${isServer ? throwawayName(engine) : 'server'}`, () => {
  // Longer than a busy machine stalls.
  const TIMEOUT_MS = 3_000;
  let server: ThrowawayServer;
  let api: Api;
  beforeAll(async () => {
    server = await ThrowawayServer.start(engine, { maxConnections: 12 });
    api = new Api(direct, { DATABASE_URL: server.url, DATABASE_TIMEOUT_MS: String(TIMEOUT_MS) });
    await api.start({ hasAdmin: true });
  });
  afterAll(async () => {
    await api.stop();
    await server.remove();
  });

  const ready = async () => (await api.get('/health/ready')).status;

  test.each(['restarted at once', 'killed with -9'])(
    'that is %s loses nothing, and the API comes back by itself',
    async (how) => {
      const made: string[] = [];
      const statuses = new Set<number>();
      let isOver = false;
      const load = Promise.all(
        Array.from({ length: 4 }, async (_, worker) => {
          while (!isOver) {
            const email = newEmail();
            const answer =
              worker % 2
                ? await api.post('/v1/users', { email, name: 'Ada', password })
                : await api.patch(`/v1/users/${api.admin.id}`, { name: email }, api.admin.as);
            statuses.add(answer.status);
            if (answer.status === 201) made.push(email);
            if (answer.status === 503) expect(answer.headers['retry-after']).toMatch(/^[1-9]\d*$/);
          }
        }),
      );
      await eventually(() => expect(made.length).toBeGreaterThan(3));
      if (how === 'killed with -9') {
        await server.kill();
        await eventually(async () => expect(await ready()).toBe(503));
        expect((await api.get('/health/live')).status).toBe(200);
        await server.start();
      } else await server.restart('immediate');
      const before = made.length;
      await eventually(() => expect(made.length).toBeGreaterThan(before + 3));
      isOver = true;
      await load;
      expect([...statuses].filter((status) => ![200, 201, 503].includes(status))).toEqual([]);
      expect(await ready()).toBe(200);
      for (const email of made) {
        const { json } = await api.get(`/v1/users/count?email=${email}`, api.admin.as);
        expect({ email, ...json }).toEqual({ email, count: 1 });
      }
    },
  );

  test('that hangs makes 503 of every request by its deadline, but not of /health/live', async () => {
    expect(await ready()).toBe(200);
    server.freeze();
    try {
      const startedMs = performance.now();
      const calls = [
        ...Array.from({ length: 15 }, () => api.get('/v1/users?limit=1', api.admin.as)),
        ...Array.from({ length: 5 }, () =>
          api.patch(`/v1/users/${api.admin.id}`, { name: 'x' }, api.admin.as),
        ),
        api.get('/health/ready'),
      ];
      expect((await api.get('/health/live')).status).toBe(200);
      const answers = await Promise.all(calls);
      expect(performance.now() - startedMs).toBeLessThan(2 * TIMEOUT_MS);
      for (const { status, json, headers } of answers) {
        expect({ status, code: json.code }).toEqual({
          status: 503,
          code: expect.stringMatching(/^DATABASE_(BUSY|UNAVAILABLE)$/),
        });
        expect(headers['retry-after']).toMatch(/^[1-9]\d*$/);
      }
    } finally {
      server.thaw();
    }
    await eventually(async () => expect(await ready()).toBe(200));
    expect((await api.get('/v1/users?limit=1', api.admin.as)).status).toBe(200);
  });

  test('that takes no more connections serves those it has; the others wait no longer than their deadline', async () => {
    await migrate(server.url);
    const pools = await Promise.all(
      Array.from({ length: 8 }, () =>
        openDatabase(server.url, { poolMax: 4, timeoutMs: TIMEOUT_MS, idleMs: 200 }),
      ),
    );
    const startedMs = performance.now();
    const settled = await Promise.allSettled(
      pools.flatMap(({ client }) => Array.from({ length: 4 }, () => client.user.count())),
    );
    expect(performance.now() - startedMs).toBeLessThan(2 * TIMEOUT_MS);
    expect(settled.some(({ status }) => status === 'fulfilled')).toBe(true);
    for (const one of settled)
      if (one.status === 'rejected')
        expect(databaseProblem(one.reason)?.code).toMatch(/^DATABASE_(BUSY|UNAVAILABLE)$/);
    // The idle ones are closed, and there is room again.
    for (const { client } of pools)
      await eventually(async () => expect(await client.user.count()).toBeGreaterThan(0));
  });

  test('that is gone at the start is waited for, where migrations are not run there', async () => {
    const other = await ThrowawayServer.start(engine);
    onTestFinished(() => other.remove());
    await migrate(other.url);
    await other.kill();
    await expect(migrate(other.url)).rejects.toThrow(/cannot be reached/);
    const database = await openDatabase(other.url, { timeoutMs: TIMEOUT_MS });
    expect(databaseProblem(await failure(database.ping()))?.code).toBe('DATABASE_UNAVAILABLE');
    await other.start();
    await database.ping();
  });
});
