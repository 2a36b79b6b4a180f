/** What Prisma asks of a driver, in the words of the adapters it ships. */
import type { PrismaLibSql } from '@prisma/adapter-libsql';
import type { Sql } from '@prisma/client/runtime/client';
import type { Engine } from '../database-url.js';

export type SqlAdapter = Awaited<ReturnType<PrismaLibSql['connect']>>;
export type SqlTransaction = Awaited<ReturnType<SqlAdapter['startTransaction']>>;
export type SqlQuery = Parameters<SqlAdapter['queryRaw']>[0];
export type SqlResult = Awaited<ReturnType<SqlAdapter['queryRaw']>>;
export type IsolationLevel = Parameters<SqlAdapter['startTransaction']>[0];

/** Rows of a statement, each its columns in their order; an instant is a text in ISO 8601, of UTC. */
export interface RowSource {
  rows(query: SqlQuery): Promise<unknown[][]>;
}

/** Only what begins with SELECT surely changes nothing. */
export function isRead(sql: string): boolean {
  return /^\s*SELECT\b/i.test(sql);
}

const ARG_TYPE = { scalarType: 'unknown', arity: 'scalar' } as const;

/** A statement and its values as an adapter takes them. A Date becomes what the engine keeps. */
export function toQuery(engine: Engine, { text, sql, values }: Sql): SqlQuery {
  return {
    sql: engine === 'postgresql' ? text : sql,
    args: values,
    argTypes: values.map(() => ARG_TYPE),
  };
}
