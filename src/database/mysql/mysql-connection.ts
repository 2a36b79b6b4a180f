import { connect, type Socket } from 'node:net';
import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import { type Connection, type ConnectionConfig, createConnection, type Pool } from 'mariadb';
import type { ServerConnection } from '../server/server-connection.js';
import type { SqlAdapter, SqlQuery, SqlResult } from '../sql-adapter.js';

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
  readonly #socket: Socket;
  readonly #adapter: SqlAdapter;
  #isBroken = false;

  private constructor(connection: Connection, socket: Socket, adapter: SqlAdapter) {
    this.#connection = connection;
    this.#socket = socket;
    this.#adapter = adapter;
    const breaks = () => {
      this.#isBroken = true;
    };
    connection.on('error', breaks);
    connection.on('end', breaks);
  }

  static async open(config: ConnectionConfig): Promise<MysqlConnection> {
    const { socketPath, ...remote } = config;
    const socket = socketPath === undefined ? connect(remote.port ?? 3306, remote.host) : connect(socketPath);
    const connection = await createConnection({ ...remote, stream: () => socket });
    // Without a listener an error between two statements would end the process.
    connection.on('error', () => undefined);
    return new MysqlConnection(
      connection,
      socket,
      await new PrismaMariaDb(oneConnection(connection)).connect(),
    );
  }

  get isBroken(): boolean {
    return this.#isBroken || !this.#connection.isValid();
  }

  queryRaw(query: SqlQuery): Promise<SqlResult> {
    return this.#adapter.queryRaw(query);
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.#adapter.executeRaw(query);
  }

  command(sql: string): Promise<unknown> {
    return this.#connection.query(sql);
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
    this.#socket.destroy(new Error('the connection was cut'));
  }
}
