/** What can be done with a user. Every rule that two requests could break between them is kept by the database. */
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { PasswordHasher } from '../auth/password-hasher.js';
import type { Principal } from '../auth/principal.js';
import { Sessions } from '../auth/sessions.js';
import { holdClaim, takeClaim } from '../database/claims.js';
import { Database, type TransactionClient } from '../database/database.js';
import { isNotFound } from '../database/is-not-found.js';
import { isUniqueViolation } from '../database/is-unique-violation.js';
import { type UserRow, userColumns } from '../database/user-row.js';
import { emailKey } from '../email.js';
import { Problem } from '../problem.js';
import { foldCase } from '../text.js';
import type { NewUser, User, UserPatch } from './users.schema.js';

@Injectable()
export class UsersService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(PasswordHasher) private readonly hasher: PasswordHasher,
    @Inject(Sessions) private readonly sessions: Sessions,
  ) {}

  /**
   * Makes a user; the very first may become admin where the caller allows it.
   * @throws Problem EMAIL_TAKEN
   */
  async create({ email, name, password }: NewUser, role: User['role'] | 'first-is-admin'): Promise<UserRow> {
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
    try {
      if (role !== 'first-is-admin')
        return await client.user.create({ data: { ...data, role }, select: userColumns });
      return await this.database.transaction(async (tx) =>
        tx.user.create({ data: { ...data, role: await this.firstRole(tx) }, select: userColumns }),
      );
    } catch (error) {
      throw isUniqueViolation(error, 'emailKey') ? emailTaken() : error;
    }
  }

  /** @throws Problem NOT_FOUND, also where the caller may not know that the user exists */
  async read(id: string, caller: Principal): Promise<UserRow> {
    const row = isVisible(id, caller)
      ? await this.database.client.user.findFirst({ where: { id }, select: userColumns })
      : null;
    if (!row) throw notFound();
    return row;
  }

  /**
   * Applies a merge patch at once or not at all.
   * @param versions those the change may apply to; any when undefined
   * @throws Problem NOT_FOUND, FORBIDDEN, CURRENT_PASSWORD_WRONG, PRECONDITION_FAILED, EMAIL_TAKEN, LAST_ADMIN
   */
  async update(
    id: string,
    patch: UserPatch,
    caller: Principal,
    versions: number[] | undefined,
  ): Promise<UserRow> {
    const { currentPassword, password, ...fields } = patch;
    const before = await this.read(id, caller);
    if (fields.role !== undefined && caller.role !== 'admin')
      throw new Problem('FORBIDDEN', '/role: only admins may change it.', {
        errors: [{ detail: 'only admins may change it', pointer: '/role' }],
      });
    // Before any hashing: a change that cannot apply is not worth it.
    if (versions && !versions.includes(before.version)) throw preconditionFailed();
    if (Object.keys(fields).length === 0 && password === undefined) return before;

    const isProtected = caller.userId === id && (fields.email !== undefined || password !== undefined);
    const provenHash = isProtected ? await this.prove(id, currentPassword) : undefined;
    const passwordHash = password === undefined ? undefined : await this.hasher.hash(password);
    const data = {
      ...fields,
      ...(fields.email !== undefined && { emailKey: emailKey(fields.email) }),
      ...(fields.name !== undefined && { nameKey: foldCase(fields.name) }),
      ...(passwordHash !== undefined && { passwordHash, sessionEpoch: { increment: 1 } }),
      updatedAt: new Date(),
      version: { increment: 1 },
    };
    const where = {
      id,
      ...(versions && { version: { in: versions } }),
      ...(provenHash !== undefined && { passwordHash: provenHash }),
    };
    const change = (client: TransactionClient) => client.user.update({ where, data, select: userColumns });
    try {
      if (fields.role !== 'user' && passwordHash === undefined) return await change(this.database.client);
      return await this.database.transaction(async (tx) => {
        if (fields.role === 'user') await this.keepAnAdmin(tx, id);
        if (passwordHash !== undefined) await this.sessions.closeAll(id, tx);
        return change(tx);
      });
    } catch (error) {
      if (isUniqueViolation(error, 'emailKey')) throw emailTaken();
      if (isNotFound(error)) throw await this.whyNotUpdated(id, caller, versions, provenHash !== undefined);
      throw error;
    }
  }

  /** @throws Problem NOT_FOUND, PRECONDITION_FAILED, LAST_ADMIN */
  async remove(id: string, caller: Principal, versions: number[] | undefined): Promise<void> {
    if (!isVisible(id, caller)) throw notFound();
    await this.database.transaction(async (tx) => {
      await this.keepAnAdmin(tx, id);
      const { count } = await tx.user.deleteMany({
        where: { id, ...(versions && { version: { in: versions } }) },
      });
      if (count > 0) return;
      throw (await tx.user.findFirst({ where: { id }, select: { id: true } }))
        ? preconditionFailed()
        : notFound();
    });
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
  private async prove(id: string, password: string | undefined): Promise<string> {
    const wrong = new Problem('CURRENT_PASSWORD_WRONG', "/currentPassword: must be the user's password.", {
      errors: [{ detail: "must be the user's password", pointer: '/currentPassword' }],
    });
    if (password === undefined) throw wrong;
    const user = await this.database.client.user.findFirst({
      where: { id },
      select: { passwordHash: true },
    });
    if (!user) throw notFound();
    if (!(await this.hasher.verify(password, user.passwordHash))) throw wrong;
    return user.passwordHash;
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
