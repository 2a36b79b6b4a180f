import { join, raw, sqltag as sql } from '@prisma/client/runtime/client';
import type { Database } from './database.js';
import { tableName } from './table-name.js';
import { toUserRow, type UserRow, userColumnList } from './user-row.js';

interface UserRange {
  sortBy: 'createdAt' | 'email' | 'name';
  isDescending: boolean;
  role?: string | undefined;
  emailKey?: string | undefined;
  /** Only those of this value, or beyond it; with an `id`, of these only those beyond that. */
  from?: { value: string | Date; isTie: true; id: string } | { value: string | Date; isTie: false };
  limit: number;
}

/** At most `limit` users, in order; ties are broken by id, in the direction of the sort. Each range is read off one index. */
export async function listUsers(
  database: Database,
  { sortBy, isDescending, role, emailKey, from, limit }: UserRange,
): Promise<UserRow[]> {
  const by = raw(`"${sortBy}"`);
  const direction = raw(isDescending ? 'DESC' : 'ASC');
  const beyond = raw(isDescending ? '<' : '>');
  const conditions = [
    ...(emailKey === undefined ? [] : [sql`"emailKey" = ${emailKey}`]),
    ...(role === undefined ? [] : [sql`"role" = ${role}`]),
    ...(from === undefined ? [] : [sql`${by} ${from.isTie ? raw('=') : beyond} ${from.value}`]),
    ...(from?.isTie ? [sql`"id" ${beyond} ${from.id}`] : []),
  ];
  const where = conditions.length === 0 ? raw('') : sql`WHERE ${join(conditions, ' AND ')}`;
  const rows = await database.rows(
    sql`SELECT ${userColumnList} FROM ${tableName(database.engine, 'User')} ${where}
      ORDER BY ${by} ${direction}, "id" ${direction} LIMIT ${limit}`,
  );
  return rows.map(toUserRow);
}
