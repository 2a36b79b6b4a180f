/** What Prisma asks of a driver, in the words of the adapters it ships. */
import type { PrismaLibSql } from '@prisma/adapter-libsql';

export type SqlAdapter = Awaited<ReturnType<PrismaLibSql['connect']>>;
export type SqlTransaction = Awaited<ReturnType<SqlAdapter['startTransaction']>>;
export type SqlQuery = Parameters<SqlAdapter['queryRaw']>[0];
export type SqlResult = Awaited<ReturnType<SqlAdapter['queryRaw']>>;
export type IsolationLevel = Parameters<SqlAdapter['startTransaction']>[0];

/** Only what begins with SELECT surely changes nothing. */
export function isRead(sql: string): boolean {
  return /^\s*SELECT\b/i.test(sql);
}
