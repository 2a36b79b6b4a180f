import type { RowSource, SqlQuery, SqlResult } from '../sql-adapter.js';

/** One connection to a database server: the native driver's, behind Prisma's conversions of values and errors. */
export interface ServerConnection extends RowSource {
  /** A statement with its values. */
  queryRaw(query: SqlQuery): Promise<SqlResult>;
  executeRaw(query: SqlQuery): Promise<number>;
  /** BEGIN, ROLLBACK and the like, without values. */
  command(sql: string): Promise<unknown>;
  /** Resolves when the transaction was committed. */
  commit(): Promise<unknown>;
  /** Resolves when the server answers. */
  ping(): Promise<unknown>;
  /** The server, the network or the driver has ended it. */
  readonly isBroken: boolean;
  /** Says goodbye; for a connection that does nothing. */
  end(): Promise<unknown>;
  /** Cuts it; what the server is at for it ends there too, sooner or later. */
  destroy(): void;
}

/** What PostgreSQL and MySQL do each in their own way. */
export interface ServerEngine {
  readonly provider: 'postgres' | 'mysql';
  readonly adapterName: `@prisma/${string}`;
  /** SQL that begins a transaction in which each statement sees what was committed before it. */
  readonly begin: string;
  /** @throws what the driver does; within `timeoutMs` */
  connect(timeoutMs: number): Promise<ServerConnection>;
}
