/**
 * Substring search over users, which Prisma cannot say for us: its `contains` is LIKE, where %, _
 * and ASCII case have meanings of their own. `instr` (`strpos`) compares the keys as they are.
 */

import { join, raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import type { Engine } from '../database-url.js';
import type { Database } from './database.js';
import { tableName } from './table-name.js';

type UserSort = 'createdAt' | '-createdAt' | 'email' | 'name';

interface UserFilter {
  /** Folded as `nameKey` and `emailKey` are. */
  q: string;
  role?: string | undefined;
  emailKey?: string | undefined;
}

interface UserSearch extends UserFilter {
  sort: UserSort;
  /** The last row of the page before: its sort value (createdAt in ISO 8601) and its id. */
  after?: { value: string; id: string } | undefined;
  limit: number;
}

/** Where the matching users stand, in order; ties are broken by id, in the direction of the sort. */
export async function searchUsers(
  database: Database,
  search: UserSearch,
): Promise<{ value: string; id: string }[]> {
  const column = {
    createdAt: 'createdAt',
    '-createdAt': 'createdAt',
    email: 'email',
    name: 'name',
  }[search.sort];
  const by = raw(`"${column}"`);
  const isDescending = search.sort === '-createdAt';
  const direction = raw(isDescending ? 'DESC' : 'ASC');
  const conditions = filter(database.engine, search);
  if (search.after) {
    const value =
      column === 'createdAt' ? storedInstant(database.engine, search.after.value) : search.after.value;
    const beyond = raw(isDescending ? '<' : '>');
    conditions.push(sql`(${by}, "id") ${beyond} (${value}, ${search.after.id})`);
  }
  const rows = await database.client.$queryRaw<{ value: string; id: string }[]>`
    SELECT ${by} AS "value", "id" FROM ${tableName(database.engine, 'User')} WHERE ${join(conditions, ' AND ')}
    ORDER BY ${by} ${direction}, "id" ${direction} LIMIT ${search.limit}`;
  if (column !== 'createdAt') return rows;
  return rows.map(({ value, id }) => ({ value: new Date(value).toISOString(), id }));
}

/** How many users the same search finds in all. */
export async function countUsersMatching(database: Database, search: UserFilter): Promise<number> {
  const [row] = await database.client.$queryRaw<{ total: bigint | number }[]>`
    SELECT count(*) AS "total" FROM ${tableName(database.engine, 'User')} WHERE ${join(filter(database.engine, search), ' AND ')}`;
  return Number(row?.total ?? 0);
}

function filter(engine: Engine, { q, role, emailKey }: UserFilter): Sql[] {
  const position = raw(engine === 'postgresql' ? 'strpos' : 'instr');
  const conditions = [sql`(${position}("nameKey", ${q}) > 0 OR ${position}("emailKey", ${q}) > 0)`];
  if (role !== undefined) conditions.push(sql`"role" = ${role}`);
  if (emailKey !== undefined) conditions.push(sql`"emailKey" = ${emailKey}`);
  return conditions;
}

/** An instant as the engine compares it; SQLite's adapter stores text that sorts by time: 2026-11-21T08:15:00.000+00:00. */
function storedInstant(engine: Engine, iso: string): string | Date {
  const instant = new Date(iso);
  return engine === 'sqlite' ? instant.toISOString().replace('Z', '+00:00') : instant;
}
