/** A user changed at once or not at all, and as they are then. */
import { join, raw, sqltag as sql } from '@prisma/client/runtime/client';
import type { Database, TransactionClient } from './database.js';
import { isNotFound } from './is-not-found.js';
import { tableName } from './table-name.js';
import { ofModel, toUserRow, type UserRow, userColumnList, userColumns } from './user-row.js';

const columns = ['email', 'emailKey', 'name', 'nameKey', 'role', 'updatedAt'] as const;

export interface UserChange {
  id: string;
  /** Those it may apply to; any without them. */
  versions?: number[] | undefined;
  /** The password's hash that the user must still have. */
  provenHash?: string | undefined;
  fields: Partial<Record<Exclude<(typeof columns)[number], 'updatedAt'>, string | undefined>> & {
    updatedAt: Date;
  };
  /** A new password: it ends all access tokens. */
  passwordHash?: string | undefined;
}

/** @returns undefined when there is no such user in one of those states. @throws what `isUniqueViolation` knows */
export async function changeUserWithin(
  tx: TransactionClient,
  { id, versions, provenHash, fields, passwordHash }: UserChange,
): Promise<UserRow | undefined> {
  try {
    const row = await tx.user.update({
      where: {
        id,
        ...(versions && { version: { in: versions } }),
        ...(provenHash !== undefined && { passwordHash: provenHash }),
      },
      data: {
        ...fields,
        ...(passwordHash !== undefined && { passwordHash, sessionEpoch: { increment: 1 } }),
        version: { increment: 1 },
      },
      select: userColumns,
    });
    return ofModel(row);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** The same outside of a transaction, and without a new password: one statement where the engine returns what it changed. */
export async function changeUser(database: Database, change: UserChange): Promise<UserRow | undefined> {
  const { id, versions, provenHash, fields } = change;
  if (database.engine === 'mysql') return changeUserWithin(database.client, change);
  // No version is none of them, and an empty list is no SQL.
  if (versions?.length === 0) return undefined;
  const changed = columns.filter((column) => fields[column] !== undefined);
  const assignments = changed.map((column) => sql`${raw(`"${column}"`)} = ${fields[column]}`);
  const conditions = [
    sql`"id" = ${id}`,
    ...(versions ? [sql`"version" IN (${join(versions)})`] : []),
    ...(provenHash === undefined ? [] : [sql`"passwordHash" = ${provenHash}`]),
  ];
  const [row] = await database.rows(
    sql`UPDATE ${tableName(database.engine, 'User')} SET ${join(assignments)}, "version" = "version" + 1
      WHERE ${join(conditions, ' AND ')} RETURNING ${userColumnList}`,
  );
  return row && toUserRow(row);
}
