/** What a request meets when connections die: while nobody uses them, under it, and altogether. */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { holdClaim } from '#dist/database/claims.js';
import type { Database } from '#dist/database/database.js';
import { migrate } from '#dist/database/migrations/migrate.js';
import { databaseProblem } from '#dist/database/problems.js';
import { engineUnderTest } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { failure, openDatabase, userRow } from '../support/temporary-database.js';

const isPostgresql = engineUnderTest.engine === 'postgresql';
/** From here on an idle connection is asked whether it is there. */
const NO_LONGER_FRESH_MS = 1_100;

interface Setting {
  /** Whose connections go through the proxy. */
  database: Database;
  proxy: TcpProxy;
  /** Straight to the server. */
  direct: Database;
}

async function open(
  options: { timeoutMs?: number; poolMax?: number; idleMs?: number } = {},
): Promise<Setting> {
  const { url, drop } = await engineUnderTest.createDatabase();
  onTestFinished(drop);
  await migrate(url);
  const { port } = new URL(url);
  const proxy = await startTcpProxy(Number(port) || (isPostgresql ? 5432 : 3306));
  onTestFinished(() => proxy.close());
  const proxied = new URL(url);
  proxied.hostname = '127.0.0.1';
  proxied.port = String(proxy.port);
  const direct = await openDatabase(url, { timeoutMs: 30_000 });
  return { proxy, direct, database: await openDatabase(proxied.href, options) };
}

/** Uses as many connections as there may be, so that each is open and idle. */
const warm = (database: Database, connections = 5): Promise<unknown> =>
  Promise.all(
    Array.from({ length: connections }, () =>
      database.client.$queryRawUnsafe(isPostgresql ? 'SELECT pg_sleep(0.1)::text' : 'SELECT SLEEP(0.1)'),
    ),
  );

const firstUses: [string, (database: Database, id?: string) => Promise<unknown>][] = [
  ['a read', ({ client }) => client.user.count()],
  ['a write', ({ client }, id = 'a') => client.user.create({ data: userRow(id) })],
  [
    'a transaction',
    (database, id = 'a') => database.transaction((tx) => tx.user.create({ data: userRow(id) })),
  ],
];

/** Ends every session of the database but that of whoever says so. */
const endSessions = async ({ client }: Database): Promise<void> => {
  if (isPostgresql) {
    await client.$queryRaw`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
    return;
  }
  const sessions = await client.$queryRaw<{ id: bigint }[]>`
    SELECT "ID" AS "id" FROM information_schema."PROCESSLIST" WHERE "DB" = database() AND "ID" <> connection_id()`;
  for (const { id } of sessions) await client.$executeRawUnsafe(`KILL ${id}`).catch(() => undefined);
};

/** InnoDB shows what it knew before where it is asked again sooner than 100 ms after the last time (trx0i_s.cc, CACHE_MIN_IDLE_TIME). */
const LOOKED_AT_LAST_MS = 200;

/** How many statements wait for another one's lock in this database. */
const statementsWaiting = async ({ client }: Database): Promise<number> => {
  if (!isPostgresql) await pause(LOOKED_AT_LAST_MS);
  const [row] = await (isPostgresql
    ? client.$queryRaw<{ n: bigint }[]>`
        SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
    : client.$queryRaw<{ n: bigint }[]>`
        SELECT count(*) AS n FROM information_schema."INNODB_TRX" JOIN information_schema."PROCESSLIST" ON "ID" = trx_mysql_thread_id
        WHERE "DB" = database() AND trx_state = 'LOCK WAIT'`);
  return Number(row?.n);
};

describe.skipIf(engineUnderTest.engine === 'sqlite')('over a network', () => {
  /** Each on a database and connections of its own, side by side: most of the time they wait. */
  const expectAllSucceed = async (
    given: Parameters<typeof open>[0],
    lose: (setting: Setting, use: (database: Database) => Promise<unknown>) => Promise<void>,
  ) => {
    const settings = await Promise.all(firstUses.map(() => open(given)));
    const lost = firstUses.map(async ([kind, use], index) => {
      const setting = settings[index] as Setting;
      try {
        await lose(setting, use);
        await use(setting.database, 'last');
      } catch (cause) {
        throw new Error(`${kind} fails`, { cause });
      }
    });
    await Promise.all(lost);
  };

  describe('a read, a write and a transaction succeed as the first use', () => {
    test('of connections that were cut while idle', () =>
      expectAllSucceed({}, async ({ database, proxy }) => {
        await warm(database);
        await pause(NO_LONGER_FRESH_MS);
        proxy.cut();
      }));

    test('of connections that died without a word', () =>
      expectAllSucceed({}, async ({ database, proxy }) => {
        await warm(database);
        proxy.forget();
        await pause(NO_LONGER_FRESH_MS);
      }));

    test('of sessions that the server has ended', () =>
      expectAllSucceed({}, async ({ database, direct }) => {
        await warm(database);
        await endSessions(direct);
        await pause(NO_LONGER_FRESH_MS);
      }));

    test('of a server that is back', () =>
      expectAllSucceed({}, async ({ database, proxy }, use) => {
        await database.ping();
        proxy.refuse();
        proxy.cut();
        expect(databaseProblem(await failure(use(database)))?.code).toBe('DATABASE_UNAVAILABLE');
        await proxy.accept();
      }));
  });

  test.runIf(isPostgresql).each(firstUses)(
    '%s finds its prepared statement forgotten, and succeeds',
    async (_kind, use) => {
      const { database } = await open({ poolMax: 1 });
      await use(database);
      await database.client.user.deleteMany();
      await database.client.$executeRaw`DEALLOCATE ALL`;
      await use(database);
      await database.client.$queryRaw`SELECT * FROM "Claim"`;
      await database.client.$executeRaw`ALTER TABLE "Claim" ADD COLUMN "more" INTEGER`;
      expect(await database.client.$queryRaw`SELECT * FROM "Claim"`).toEqual([]);
    },
  );

  test('a transaction whose connection is lost before COMMIT is done again, once', async () => {
    const { database, proxy } = await open();
    await database.client.user.create({ data: userRow('a') });
    let runs = 0;
    await database.transaction(async (tx) => {
      runs += 1;
      await tx.user.update({ where: { id: 'a' }, data: { version: { increment: 1 } } });
      if (runs === 1) proxy.cut();
      await tx.user.update({ where: { id: 'a' }, data: { sessionEpoch: { increment: 1 } } });
    });
    expect(runs).toBe(2);
    expect(await database.client.user.findFirst()).toMatchObject({ version: 2, sessionEpoch: 1 });

    const lost = await failure(
      database.transaction(async (tx) => {
        runs += 1;
        await tx.user.count();
        proxy.cut();
        await tx.user.count();
      }),
    );
    expect(databaseProblem(lost)?.code).toBe('DATABASE_UNAVAILABLE');
    expect(runs).toBe(4);
  });

  test('a write whose connection is lost while it runs is not done again, and its answer says that nobody knows', async () => {
    const { database, proxy, direct } = await open();
    await direct.transaction((tx) => holdClaim(direct, tx, 'held'));
    await direct.transaction(async (tx) => {
      await holdClaim(direct, tx, 'held');
      const write = database.client.claim.updateMany({ where: { name: 'held' }, data: { uses: 1000 } });
      const lost = failure(write);
      await eventually(async () => expect(await statementsWaiting(direct)).toBe(1));
      proxy.cut();
      const problem = databaseProblem(await lost);
      expect(problem).toMatchObject({ code: 'DATABASE_UNAVAILABLE', headers: { 'retry-after': '5' } });
      expect(problem?.message).toContain('may have been made');
    });
  });

  test('a read, a write and a transaction that nobody answers end at their deadline; with the answers it is as before', () => {
    const timeoutMs = 3_000;
    return expectAllSucceed({ timeoutMs }, async ({ database, proxy }, use) => {
      await warm(database);
      proxy.silence();
      const startedMs = performance.now();
      const errors = await Promise.all(Array.from({ length: 12 }, () => failure(use(database))));
      // None waits for its turn and then anew.
      expect(performance.now() - startedMs).toBeLessThan(2 * timeoutMs);
      for (const error of errors)
        expect(databaseProblem(error)?.code).toMatch(/^DATABASE_(BUSY|UNAVAILABLE)$/);
      // What was held back arrives now, long after its answer was given up.
      proxy.resume();
    });
  });

  test('connections are closed when nobody uses them, and no more are opened than allowed', async () => {
    const { direct, database } = await open({ poolMax: 3, idleMs: 4_000 });
    const sessions = async (): Promise<number> => {
      const [row] = await (isPostgresql
        ? direct.client.$queryRaw<{ n: bigint }[]>`
            SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`
        : direct.client.$queryRaw<{ n: bigint }[]>`
            SELECT count(*) AS n FROM information_schema."PROCESSLIST" WHERE "DB" = database() AND "ID" <> connection_id()`);
      return Number(row?.n);
    };
    await warm(database, 12);
    expect(await sessions()).toBe(3);
    await eventually(async () => expect(await sessions()).toBe(0));
    await warm(database, 2);
    expect(await sessions()).toBe(2);
    await database.close();
    await eventually(async () => expect(await sessions()).toBe(0));
  });
});
