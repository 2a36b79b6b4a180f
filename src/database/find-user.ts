import { sqltag as sql } from '@prisma/client/runtime/client';
import type { Database } from './database.js';
import { tableName } from './table-name.js';
import { toUserRow, type UserRow, userColumnList } from './user-row.js';

/** A user by id, as an answer shows them, and the epoch that their access tokens must be of. */
export async function findUser(
  database: Database,
  id: string,
): Promise<{ row: UserRow; sessionEpoch: number } | undefined> {
  const [found] = await database.rows(
    sql`SELECT ${userColumnList}, "sessionEpoch" FROM ${tableName(database.engine, 'User')} WHERE "id" = ${id}`,
  );
  return found && { row: toUserRow(found), sessionEpoch: Number(found.at(-1)) };
}
