/** Lists of users: pages by key, so that the last page costs what the first does and none skips a row. */
import { Inject, Injectable } from '@nestjs/common';
import { Keyring, type Signer } from '../auth/keyring.js';
import { Database } from '../database/database.js';
import { countUsersMatching, searchUsers } from '../database/search-users.js';
import { type UserRow, userColumns } from '../database/user-row.js';
import { emailKey } from '../email.js';
import { foldCase } from '../text.js';
import { makeCursor, type Position, readCursor } from './cursor.js';
import { toUser } from './to-user.js';
import type { UserFilter, UserList, UserPage } from './users.schema.js';

@Injectable()
export class UserPages {
  private readonly signer: Signer;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Keyring) keyring: Keyring,
  ) {
    this.signer = keyring.signer('cursor');
  }

  /** @throws Problem CURSOR_INVALID */
  async page(list: UserList): Promise<UserPage> {
    const scope = JSON.stringify([list.sort, list.email, list.role, list.q]);
    const after = list.cursor === undefined ? undefined : readCursor(this.signer, scope, list.cursor);
    // One more than asked for tells whether there is a next page.
    const wanted = { ...list, limit: list.limit + 1 };
    const { rows, positions } = await (list.q === undefined
      ? this.byKey(wanted, after)
      : this.bySearch(wanted, list.q, after));
    const last = positions.length > list.limit ? positions[list.limit - 1] : undefined;
    return {
      data: rows.slice(0, list.limit).map(toUser),
      nextCursor: last ? makeCursor(this.signer, scope, last) : null,
    };
  }

  count({ q, ...filter }: UserFilter): Promise<number> {
    const { client } = this.database;
    return q === undefined
      ? client.user.count({ where: where(filter) })
      : countUsersMatching(this.database, { q: foldCase(q), ...where(filter) });
  }

  private async byKey(list: UserList, after: Position | undefined): Promise<Found> {
    const rows = await this.rowsByKey(list, after);
    return { rows, positions: rows.map((row) => position(row, list.sort)) };
  }

  /**
   * Rows beyond a key, as two exact index ranges: the rest of the ties, then what comes after them.
   * One condition with OR says the same, but no engine reads it from the index alone.
   */
  private async rowsByKey(list: UserList, after: Position | undefined): Promise<UserRow[]> {
    const column = columnOf(list.sort);
    const direction = list.sort === '-createdAt' ? 'desc' : 'asc';
    const beyond = direction === 'desc' ? 'lt' : 'gt';
    const read = (condition: object, take: number) =>
      this.database.client.user.findMany({
        where: { ...where(list), AND: condition },
        orderBy: [{ [column]: direction }, { id: direction }],
        select: userColumns,
        take,
      });
    if (!after) return read({}, list.limit);
    const value = column === 'createdAt' ? new Date(after.value) : after.value;
    const ties = await read({ [column]: value, id: { [beyond]: after.id } }, list.limit);
    if (ties.length === list.limit) return ties;
    return [...ties, ...(await read({ [column]: { [beyond]: value } }, list.limit - ties.length))];
  }

  private async bySearch(list: UserList, q: string, after: Position | undefined): Promise<Found> {
    const { client } = this.database;
    const { sort, limit } = list;
    const positions = await searchUsers(this.database, {
      q: foldCase(q),
      ...where(list),
      sort,
      limit,
      after,
    });
    const ids = positions.slice(0, limit - 1).map(({ id }) => id);
    const rows = await client.user.findMany({ where: { id: { in: ids } }, select: userColumns });
    const byId = new Map(rows.map((row) => [row.id, row]));
    // A row removed between the two statements is simply gone; where the page ends does not change.
    return { rows: ids.flatMap((id) => byId.get(id) ?? []), positions };
  }
}

interface Found {
  rows: UserRow[];
  /** Of every row found, also of one that is gone by now. */
  positions: Position[];
}

function where({ email, role }: Pick<UserFilter, 'email' | 'role'>) {
  return {
    ...(email !== undefined && { emailKey: emailKey(email) }),
    ...(role !== undefined && { role }),
  };
}

const columnOf = (sort: UserList['sort']) => (sort === '-createdAt' ? 'createdAt' : sort);

function position(row: UserRow, sort: UserList['sort']): Position {
  const value = row[columnOf(sort)];
  return { value: value instanceof Date ? value.toISOString() : value, id: row.id };
}
