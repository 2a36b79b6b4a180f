/** The servers that other tests break: that they keep their promises themselves. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mariadb';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  isAvailable,
  type ServerEngine,
  ThrowawayServer,
  throwawayName,
} from '../support/throwaway-server.js';

interface Connection {
  query(sql: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

const open: Record<ServerEngine, (url: string) => Promise<Connection>> = {
  postgresql: async (url) => {
    const client = new pg.Client(url);
    client.on('error', () => undefined);
    await client.connect();
    return { query: async (sql) => (await client.query(sql)).rows, close: () => client.end() };
  },
  mysql: async (url) => {
    const { port, pathname } = new URL(url);
    const connection = await createConnection({
      host: '127.0.0.1',
      port: Number(port),
      user: 'root',
      database: pathname.slice(1),
      connectTimeout: 20_000,
    });
    connection.on('error', () => undefined);
    return { query: (sql) => connection.query(sql), close: async () => connection.destroy() };
  },
};

describe.each([
  [
    'postgresql',
    `SELECT setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit')`,
    ['on', 'on'],
  ],
  ['mysql', 'SELECT CAST(@@innodb_flush_log_at_trx_commit AS char) AS setting', ['1']],
] as const)('a throwaway server', (engine, askDurability, durability) => {
  describe.skipIf(!isAvailable(engine))(throwawayName(engine), () => {
    let server: ThrowawayServer;
    beforeAll(async () => {
      server = await ThrowawayServer.start(engine, { maxConnections: 20 });
    });
    afterAll(() => server?.remove());

    async function ask(sql: string): Promise<Record<string, unknown>[]> {
      const connection = await open[engine](server.url);
      try {
        return await connection.query(sql);
      } finally {
        await connection.close();
      }
    }
    const kept = async () => (await ask('SELECT word FROM kept')).map(({ word }) => word);

    test('is empty, durable, and ours alone', async () => {
      expect((await ask(askDurability)).map(({ setting }) => setting)).toEqual(durability);
      await ask('CREATE TABLE kept (word varchar(20))');
      expect(await kept()).toEqual([]);
      expect(existsSync(server.socket)).toBe(true);
    });

    test('keeps what it acknowledged through kill -9, an immediate and a fast restart', async () => {
      await ask(`INSERT INTO kept VALUES ('killed')`);
      await server.kill();
      await expect(ask('SELECT 1')).rejects.toThrow();
      await server.start();
      await ask(`INSERT INTO kept VALUES ('dropped')`);
      await server.restart('immediate');
      await ask(`INSERT INTO kept VALUES ('stopped')`);
      await server.restart('fast');
      expect(await kept()).toEqual(['killed', 'dropped', 'stopped']);
    });

    test('answers nobody while it is frozen, and everybody after', async () => {
      const connection = await open[engine](server.url);
      let isAnswered = false;
      server.freeze();
      const answer = connection.query('SELECT 1 AS one').finally(() => {
        isAnswered = true;
      });
      await sleep(300);
      expect(isAnswered).toBe(false);
      server.thaw();
      expect((await answer).map(({ one }) => one)).toEqual([1]);
      await connection.close();
    });

    test('takes no more connections than it is told', async () => {
      const connections = await Promise.allSettled(
        Array.from({ length: 25 }, () => open[engine](server.url)),
      );
      const opened = connections.filter((connection) => connection.status === 'fulfilled');
      await Promise.all(opened.map(({ value }) => value.close()));
      expect(opened.length).toBeGreaterThan(10);
      expect(opened.length).toBeLessThan(25);
    });

    test('is gone when whoever started it is killed with -9', async () => {
      const script = `
        import { ThrowawayServer } from './test/support/throwaway-server.ts';
        const { port, socket } = await ThrowawayServer.start('${engine}');
        process.stdout.write(JSON.stringify({ port, socket }));
        setInterval(() => undefined, 1_000);`;
      const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [said] = (await once(child.stdout, 'data')) as [Buffer];
      const { port, socket } = JSON.parse(said.toString()) as { port: number; socket: string };
      expect(existsSync(socket)).toBe(true);
      child.kill('SIGKILL');
      await vi.waitUntil(() => !existsSync(socket), { timeout: 20_000 });
      await expectRefused(port);
    });

    test('is gone when removed, even frozen, and may be removed twice', async () => {
      server.freeze();
      await server.remove();
      await server.remove();
      expect(existsSync(server.socket)).toBe(false);
      await expectRefused(server.port);
    });
  });
});

async function expectRefused(port: number): Promise<void> {
  await expect(once(connect(port, '127.0.0.1'), 'connect')).rejects.toThrow('ECONNREFUSED');
}
