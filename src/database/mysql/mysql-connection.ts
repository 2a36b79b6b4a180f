import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import type { Connection, Pool } from 'mariadb';
import type { ServerUrl } from '../../database-url.js';
import type { ServerConnection } from '../server/server-connection.js';
import type { SqlAdapter, SqlQuery, SqlResult } from '../sql-adapter.js';
import { openConnection } from './open-connection.js';

/** A pool to the adapter, one connection in truth: which one to use is the ConnectionPool's business. */
const oneConnection = (connection: Connection): Pool =>
  ({
    getConnection: () => Promise.reject(new Error('transactions are ours')),
    execute: connection.execute.bind(connection),
    // The adapter has one question of its own, which the driver can answer by heart: the server's version.
    query: async () => [[connection.serverVersion()]],
    end: async () => undefined,
  }) as unknown as Pool;

export class MysqlConnection implements ServerConnection {
  readonly #connection: Connection;
  readonly #cut: () => void;
  readonly #adapter: SqlAdapter;
  #isBroken = false;

  private constructor(connection: Connection, cut: () => void, adapter: SqlAdapter) {
    this.#connection = connection;
    this.#cut = cut;
    this.#adapter = adapter;
    const breaks = () => {
      this.#isBroken = true;
    };
    connection.on('error', breaks);
    connection.on('end', breaks);
  }

  static async open(url: ServerUrl, connectTimeoutMs: number, sessionSql: string): Promise<MysqlConnection> {
    const { connection, cut } = await openConnection(url, { connectTimeoutMs, sessionSql });
    const adapter = await new PrismaMariaDb(oneConnection(connection)).connect();
    return new MysqlConnection(connection, cut, adapter);
  }

  get isBroken(): boolean {
    return this.#isBroken || !this.#connection.isValid();
  }

  queryRaw(query: SqlQuery): Promise<SqlResult> {
    return this.#adapter.queryRaw(query);
  }

  async rows(query: SqlQuery): Promise<unknown[][]> {
    return (await this.#adapter.queryRaw(query)).rows;
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.#adapter.executeRaw(query);
  }

  command(sql: string): Promise<unknown> {
    return this.#connection.query(sql);
  }

  commit(): Promise<unknown> {
    return this.#connection.query('COMMIT');
  }

  ping(): Promise<unknown> {
    return this.#connection.ping();
  }

  end(): Promise<unknown> {
    return this.#connection.end();
  }

  /**
   * Not the driver's own `destroy`: it asks the server, over a new connection, to end what this one is at, and
   * where that one fails a rejection nobody hears ends the process. The session's limits end it as well.
   */
  destroy(): void {
    this.#isBroken = true;
    this.#cut();
  }
}
