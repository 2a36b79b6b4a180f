import { PrismaPg } from '@prisma/adapter-pg';
import pg, { type Client, type ClientConfig, type CustomTypesConfig } from 'pg';
import type { ServerConnection } from '../server/server-connection.js';
import type { SqlAdapter, SqlQuery, SqlResult } from '../sql-adapter.js';
import { openClient } from './open-client.js';

/** Instants without a zone are of UTC here; the driver would take them for local ones. */
const types: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.TIMESTAMP ? isoInstant : pg.types.getTypeParser(oid, format as 'text'),
};

/** `2026-11-21 08:15:00.12` in ISO 8601, with the zeros that PostgreSQL leaves out. */
const isoInstant = (text: string): string =>
  `${text.slice(0, 10)}T${(text.length > 19 ? text.slice(11) : `${text.slice(11)}.`).padEnd(12, '0')}Z`;

type StatementName = (query: SqlQuery) => string | undefined;

/** A pool to the adapter, one connection in truth: which one to use is the ConnectionPool's business. */
class OneClient extends pg.Pool {
  constructor(client: Client) {
    super();
    this.query = client.query.bind(client) as typeof this.query;
  }
}

export class PostgresqlConnection implements ServerConnection {
  readonly #client: Client;
  readonly #cut: () => void;
  readonly #adapter: SqlAdapter;
  readonly #statementName: StatementName;
  #isBroken = false;

  private constructor(
    client: Client,
    cut: () => void,
    adapter: SqlAdapter,
    statementName: StatementName | undefined,
  ) {
    this.#client = client;
    this.#cut = cut;
    this.#adapter = adapter;
    this.#statementName = statementName ?? (() => undefined);
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
    return new PostgresqlConnection(client, cut, await factory.connect(), statementName);
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  queryRaw(query: SqlQuery): Promise<SqlResult> {
    return this.#adapter.queryRaw(query);
  }

  /** Past the adapter, which keeps a history of all it is asked, for a debugger; only an error is put in its words. */
  async rows(query: SqlQuery): Promise<unknown[][]> {
    try {
      const { rows } = await this.#client.query<unknown[]>({
        name: this.#statementName(query),
        text: query.sql,
        values: query.args.map((value) => (value instanceof Date ? value.toISOString() : value)),
        rowMode: 'array',
        types,
      });
      return rows;
    } catch (error) {
      return (this.#adapter as unknown as { onError(error: unknown): never }).onError(error);
    }
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
