/** Lists of users: pages by key, so that the last page costs what the first does and none skips a row. */
import { Inject, Injectable } from '@nestjs/common';
import { Keyring, type Signer } from '../auth/keyring.js';
import { Database } from '../database/database.js';
import { listUsers } from '../database/list-users.js';
import { countUsersMatching, searchUsers } from '../database/search-users.js';
import { ofModel, type UserRow, userColumns } from '../database/user-row.js';
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
    const { rows, end } = await this.next(list, this.start(list), list.limit);
    return { data: rows.map(toUser), nextCursor: end ? this.cursor(list, end) : null };
  }

  /** Where its cursor says. @throws Problem CURSOR_INVALID */
  start(list: UserList): Position | undefined {
    return list.cursor === undefined ? undefined : readCursor(this.signer, scopeOf(list), list.cursor);
  }

  /** That makes a list of the same sort and filters begin after `position`. */
  cursor(list: UserList, position: Position): string {
    return makeCursor(this.signer, scopeOf(list), position);
  }

  /** At most `count` of the users after a position, or from the beginning. */
  next(list: UserList, after: Position | undefined, count: number): Promise<UserRange> {
    return list.q === undefined ? this.byKey(list, after, count) : this.bySearch(list, list.q, after, count);
  }

  count({ q, ...filter }: UserFilter): Promise<number> {
    const { client } = this.database;
    return q === undefined
      ? client.user.count({ where: where(filter) })
      : countUsersMatching(this.database, { q: foldCase(q), ...where(filter) });
  }

  private async byKey(list: UserList, after: Position | undefined, count: number): Promise<UserRange> {
    // One more than asked for tells whether there are more.
    const found = await this.rowsByKey(list, after, count + 1);
    const rows = found.slice(0, count);
    const placeOf = (row: UserRow) => position(row, list.sort);
    const last = found.length > count ? rows.at(-1) : undefined;
    return { rows, placeOf, end: last && placeOf(last) };
  }

  /**
   * Rows beyond a key, as two exact index ranges: the rest of the ties, then what comes after them.
   * One condition with OR says the same, but no engine reads it from the index alone.
   */
  private async rowsByKey(list: UserList, after: Position | undefined, count: number): Promise<UserRow[]> {
    const sortBy = columnOf(list.sort);
    const isDescending = list.sort === '-createdAt';
    const range = { ...where(list), sortBy, isDescending };
    if (!after) return listUsers(this.database, { ...range, limit: count });
    const value = sortBy === 'createdAt' ? new Date(after.value) : after.value;
    const ties = await listUsers(this.database, {
      ...range,
      from: { value, isTie: true, id: after.id },
      limit: count,
    });
    if (ties.length === count) return ties;
    const rest = { ...range, from: { value, isTie: false as const }, limit: count - ties.length };
    return [...ties, ...(await listUsers(this.database, rest))];
  }

  private async bySearch(
    list: UserList,
    q: string,
    after: Position | undefined,
    count: number,
  ): Promise<UserRange> {
    const found = await searchUsers(this.database, {
      q: foldCase(q),
      ...where(list),
      sort: list.sort,
      limit: count + 1,
      after,
    });
    const places = new Map(found.slice(0, count).map((place) => [place.id, place]));
    const ids = [...places.keys()];
    const rows = await this.database.client.user.findMany({
      where: { id: { in: ids } },
      select: userColumns,
    });
    const byId = new Map(rows.map((row) => [row.id, ofModel(row)]));
    return {
      // A row removed between the two statements is simply gone; where the page ends does not change.
      rows: ids.flatMap((id) => byId.get(id) ?? []),
      placeOf: ({ id }) => places.get(id) as Position,
      end: found.length > count ? found[count - 1] : undefined,
    };
  }
}

/** Users that follow one another in a list. */
export interface UserRange {
  rows: UserRow[];
  /** Where one of them was found, which its fields need not say any more. */
  placeOf(row: UserRow): Position;
  /** Where the last one was, though it may be gone by now; none where no more follow. */
  end: Position | undefined;
}

/** Which list it is, in one spelling. */
const scopeOf = ({ sort, email, role, q }: UserList): string => JSON.stringify([sort, email, role, q]);

function where({ email, role }: Pick<UserFilter, 'email' | 'role'>) {
  return {
    ...(email !== undefined && { emailKey: emailKey(email) }),
    ...(role !== undefined && { role }),
  };
}

const columnOf = (sort: UserList['sort']) => (sort === '-createdAt' ? 'createdAt' : sort);

function position(row: UserRow, sort: UserList['sort']): Position {
  return { value: row[columnOf(sort)], id: row.id };
}
