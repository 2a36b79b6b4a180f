/**
 * Substring search over users, which Prisma cannot say for us: its `contains` is LIKE, where %, _
 * and ASCII case have meanings of their own. `instr` compares the keys as they are.
 */

import type { DatabaseClient, TransactionClient } from './database.js';
import { Prisma } from './generated/sqlite/client.js';

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
  client: DatabaseClient | TransactionClient,
  search: UserSearch,
): Promise<{ value: string; id: string }[]> {
  const column = {
    createdAt: 'createdAt',
    '-createdAt': 'createdAt',
    email: 'email',
    name: 'name',
  }[search.sort];
  const by = Prisma.raw(`"${column}"`);
  const isDescending = search.sort === '-createdAt';
  const direction = Prisma.raw(isDescending ? 'DESC' : 'ASC');
  const conditions = filter(search);
  if (search.after) {
    const value = column === 'createdAt' ? storedInstant(search.after.value) : search.after.value;
    const beyond = Prisma.raw(isDescending ? '<' : '>');
    conditions.push(Prisma.sql`("User".${by}, "User"."id") ${beyond} (${value}, ${search.after.id})`);
  }
  const rows = await client.$queryRaw<{ value: string; id: string }[]>`
    SELECT ${by} AS "value", "id" FROM "User" WHERE ${Prisma.join(conditions, ' AND ')}
    ORDER BY ${by} ${direction}, "id" ${direction} LIMIT ${search.limit}`;
  if (column !== 'createdAt') return rows;
  return rows.map(({ value, id }) => ({ value: new Date(value).toISOString(), id }));
}

/** How many users the same search finds in all. */
export async function countUsersMatching(
  client: DatabaseClient | TransactionClient,
  search: UserFilter,
): Promise<number> {
  const [row] = await client.$queryRaw<{ total: bigint | number }[]>`
    SELECT count(*) AS "total" FROM "User" WHERE ${Prisma.join(filter(search), ' AND ')}`;
  return Number(row?.total ?? 0);
}

function filter({ q, role, emailKey }: UserFilter): Prisma.Sql[] {
  const conditions = [Prisma.sql`(instr("nameKey", ${q}) > 0 OR instr("emailKey", ${q}) > 0)`];
  if (role !== undefined) conditions.push(Prisma.sql`"role" = ${role}`);
  if (emailKey !== undefined) conditions.push(Prisma.sql`"emailKey" = ${emailKey}`);
  return conditions;
}

/** An instant as the adapter stores it, text that sorts by time: 2026-11-21T08:15:00.000+00:00. */
function storedInstant(iso: string): string {
  return new Date(iso).toISOString().replace('Z', '+00:00');
}
