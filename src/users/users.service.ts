/** What can be done with a user. Every rule that two requests could break between them is kept by the database. */
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { PasswordHasher } from '../auth/password-hasher.js';
import type { Principal } from '../auth/principal.js';
import { RecentPrincipals } from '../auth/recent-principals.js';
import { Sessions } from '../auth/sessions.js';
import { changeUser, changeUserWithin } from '../database/change-user.js';
import { holdClaim, takeClaim } from '../database/claims.js';
import { Database, type TransactionClient } from '../database/database.js';
import { findUser } from '../database/find-user.js';
import { isUniqueViolation } from '../database/is-unique-violation.js';
import { ofModel, type UserRow, userColumns } from '../database/user-row.js';
import { emailKey } from '../email.js';
import { Problem } from '../problem.js';
import { foldCase } from '../text.js';
import type { NewUser, User, UserPatch } from './users.schema.js';

/** Counts a guess at a password and checks it; undefined: it was wrong. */
export type Guess = <T>(check: () => Promise<T | undefined>) => Promise<T | undefined>;

@Injectable()
export class UsersService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(PasswordHasher) private readonly hasher: PasswordHasher,
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(RecentPrincipals) private readonly recent: RecentPrincipals,
  ) {}

  /**
   * Makes a user; the very first may become admin where the caller allows it.
   * @param within belongs to it: done in its transaction, and where it fails nobody is made
   * @throws Problem EMAIL_TAKEN
   */
  async create(
    { email, name, password }: NewUser,
    role: User['role'] | 'first-is-admin',
    within?: (tx: TransactionClient, row: UserRow) => Promise<void>,
  ): Promise<UserRow> {
    const { client } = this.database;
    const key = emailKey(email);
    // Saves the hashing; the unique key below decides.
    if (await client.user.findFirst({ where: { emailKey: key }, select: { id: true } })) throw emailTaken();
    const now = new Date();
    const data = {
      id: uuidv7(),
      email,
      emailKey: key,
      name,
      nameKey: foldCase(name),
      passwordHash: await this.hasher.hash(password),
      createdAt: now,
      updatedAt: now,
    };
    const insert = async (tx: TransactionClient, role: User['role']) =>
      ofModel(await tx.user.create({ data: { ...data, role }, select: userColumns }));
    try {
      if (role !== 'first-is-admin' && !within) return await insert(client, role);
      return await this.database.transaction(async (tx) => {
        const row = await insert(tx, role === 'first-is-admin' ? await this.firstRole(tx) : role);
        await within?.(tx, row);
        return row;
      });
    } catch (error) {
      throw isUniqueViolation(error, 'emailKey') ? emailTaken() : error;
    }
  }

  /** @throws Problem NOT_FOUND, also where the caller may not know that the user exists */
  async read(id: string, caller: Principal): Promise<UserRow> {
    const found = isVisible(id, caller) ? await findUser(this.database, id) : undefined;
    if (!found) throw notFound();
    return found.row;
  }

  /**
   * Applies a merge patch at once or not at all.
   * @param versions those the change may apply to; any when undefined
   * @param guess around the check of `currentPassword`, where one is needed; an operator's own are not counted
   * @throws Problem NOT_FOUND, FORBIDDEN, CURRENT_PASSWORD_WRONG, PRECONDITION_FAILED, EMAIL_TAKEN, LAST_ADMIN
   */
  async update(
    id: string,
    patch: UserPatch,
    caller: Principal,
    versions: number[] | undefined,
    guess: Guess = (check) => check(),
  ): Promise<UserRow> {
    const { currentPassword, password, ...fields } = patch;
    if (!isVisible(id, caller)) throw notFound();
    if (fields.role !== undefined && caller.role !== 'admin')
      throw new Problem('FORBIDDEN', '/role: only admins may change it.', {
        errors: [{ detail: 'only admins may change it', pointer: '/role' }],
      });
    const isEmpty = Object.keys(fields).length === 0 && password === undefined;
    const isProtected = caller.userId === id && (fields.email !== undefined || password !== undefined);
    // A change that cannot apply is worth no hashing and no lock; any other finds out when it is made.
    if (isEmpty || isProtected || password !== undefined || fields.role === 'user') {
      const before = await this.read(id, caller);
      if (versions && !versions.includes(before.version)) throw preconditionFailed();
      if (isEmpty) return before;
    }
    const provenHash = isProtected ? await this.prove(id, currentPassword, guess) : undefined;
    const passwordHash = password === undefined ? undefined : await this.hasher.hash(password);
    const change = {
      id,
      versions,
      provenHash,
      fields: {
        ...fields,
        ...(fields.email !== undefined && { emailKey: emailKey(fields.email) }),
        ...(fields.name !== undefined && { nameKey: foldCase(fields.name) }),
        updatedAt: new Date(),
      },
      passwordHash,
    };
    try {
      const isAlone = fields.role !== 'user' && passwordHash === undefined;
      const row = isAlone
        ? await changeUser(this.database, change)
        : await this.database.transaction(async (tx) => {
            if (fields.role === 'user') await this.keepAnAdmin(tx, id);
            if (passwordHash !== undefined) await this.sessions.closeAll(id, tx);
            return changeUserWithin(tx, change);
          });
      if (row) return row;
    } catch (error) {
      throw isUniqueViolation(error, 'emailKey') ? emailTaken() : error;
    } finally {
      if (fields.role !== undefined || passwordHash !== undefined) this.recent.forget(id);
    }
    throw await this.whyNotUpdated(id, caller, versions, provenHash !== undefined);
  }

  /** @throws Problem NOT_FOUND, PRECONDITION_FAILED, LAST_ADMIN */
  async remove(id: string, caller: Principal, versions: number[] | undefined): Promise<void> {
    if (!isVisible(id, caller)) throw notFound();
    const removed = this.database.transaction(async (tx) => {
      await this.keepAnAdmin(tx, id);
      const { count } = await tx.user.deleteMany({
        where: { id, ...(versions && { version: { in: versions } }) },
      });
      if (count > 0) return;
      throw (await tx.user.findFirst({ where: { id }, select: { id: true } }))
        ? preconditionFailed()
        : notFound();
    });
    await removed.finally(() => this.recent.forget(id));
  }

  /** The first user is admin; of two at once the row that exists once decides. */
  private async firstRole(tx: TransactionClient): Promise<User['role']> {
    if (await tx.user.findFirst({ select: { id: true } })) return 'user';
    return (await takeClaim(this.database, tx, 'first-admin')) ? 'admin' : 'user';
  }

  /**
   * Nobody else joins or leaves the set of admins until this transaction ends, and it does not end with none.
   * @throws Problem LAST_ADMIN when `id` is the only admin
   */
  private async keepAnAdmin(tx: TransactionClient, id: string): Promise<void> {
    await holdClaim(this.database, tx, 'admins');
    const admins = await tx.user.findMany({ where: { role: 'admin' }, select: { id: true }, take: 2 });
    if (admins.length === 1 && admins[0]?.id === id)
      throw new Problem(
        'LAST_ADMIN',
        'The last admin can be neither demoted nor removed; make another one first.',
      );
  }

  /** @returns the hash that `password` was found to match, for the change to insist on */
  private async prove(id: string, password: string | undefined, guess: Guess): Promise<string> {
    const wrong = new Problem('CURRENT_PASSWORD_WRONG', "/currentPassword: must be the user's password.", {
      errors: [{ detail: "must be the user's password", pointer: '/currentPassword' }],
    });
    if (password === undefined) throw wrong;
    const provenHash = await guess(async () => {
      const user = await this.database.client.user.findFirst({
        where: { id },
        select: { passwordHash: true },
      });
      if (!user) throw notFound();
      return (await this.hasher.verify(password, user.passwordHash)) ? user.passwordHash : undefined;
    });
    if (provenHash === undefined) throw wrong;
    return provenHash;
  }

  /** The row was there, and is gone, or has another version or another password than a moment ago. */
  private async whyNotUpdated(
    id: string,
    caller: Principal,
    versions: number[] | undefined,
    hasProof: boolean,
  ): Promise<Problem> {
    const { version } = await this.read(id, caller);
    return hasProof && (versions === undefined || versions.includes(version))
      ? new Problem('CURRENT_PASSWORD_WRONG', '/currentPassword: the user was changed meanwhile; try again.')
      : preconditionFailed();
  }
}

const isVisible = (id: string, caller: Principal): boolean => caller.role === 'admin' || caller.userId === id;
const notFound = () => new Problem('NOT_FOUND', 'There is no such user, or it is not yours to see.');
const preconditionFailed = () =>
  new Problem('PRECONDITION_FAILED', 'If-Match does not name the current version; read it again.');
const emailTaken = () =>
  new Problem('EMAIL_TAKEN', '/email: a user with this address exists.', {
    errors: [{ detail: 'a user with this address exists', pointer: '/email' }],
  });
