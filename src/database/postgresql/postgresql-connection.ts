import { PrismaPg } from '@prisma/adapter-pg';
import { type Client, type ClientConfig, Pool } from 'pg';
import type { ServerConnection } from '../server/server-connection.js';
import type { SqlAdapter, SqlQuery, SqlResult } from '../sql-adapter.js';
import { openClient } from './open-client.js';

type StatementName = (query: SqlQuery) => string | undefined;

/** A pool to the adapter, one connection in truth: which one to use is the ConnectionPool's business. */
class OneClient extends Pool {
  constructor(client: Client) {
    super();
    this.query = client.query.bind(client) as typeof this.query;
  }
}

export class PostgresqlConnection implements ServerConnection {
  readonly #client: Client;
  readonly #cut: () => void;
  readonly #adapter: SqlAdapter;
  #isBroken = false;

  private constructor(client: Client, cut: () => void, adapter: SqlAdapter) {
    this.#client = client;
    this.#cut = cut;
    this.#adapter = adapter;
    const breaks = () => {
      this.#isBroken = true;
    };
    client.on('error', breaks);
    client.on('end', breaks);
  }

  static async open(
    config: ClientConfig,
    statementName: StatementName | undefined,
  ): Promise<PostgresqlConnection> {
    const { client, cut } = await openClient(config);
    const factory = new PrismaPg(new OneClient(client), {
      // Without a name a statement is parsed each time, and no session needs to remember it.
      ...(statementName && { statementNameGenerator: statementName as (query: SqlQuery) => string }),
    });
    return new PostgresqlConnection(client, cut, await factory.connect());
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  queryRaw(query: SqlQuery): Promise<SqlResult> {
    return this.#adapter.queryRaw(query);
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.#adapter.executeRaw(query);
  }

  command(sql: string): Promise<unknown> {
    return this.#client.query(sql);
  }

  /** A transaction of which a statement has failed is rolled back by COMMIT, which says so and is no error. */
  async commit(): Promise<void> {
    const { command } = await this.#client.query('COMMIT');
    if (command !== 'COMMIT') throw new Error('COMMIT of a transaction that had failed');
  }

  ping(): Promise<unknown> {
    return this.#client.query('');
  }

  end(): Promise<unknown> {
    return this.#client.end();
  }

  destroy(): void {
    this.#isBroken = true;
    this.#cut();
  }
}
