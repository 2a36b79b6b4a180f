/**
 * Sessions: families of rotating refresh tokens. A token is `<session id>.<secret>`; the table holds
 * the hash of the newest secret only. Whoever shows an older one holds a stolen or a replayed token,
 * and nobody can tell which side is the thief: the family ends (RFC 9700, 4.14.2).
 */
import { hash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Database, type TransactionClient } from '../database/database.js';
import { isForeignKeyViolation } from '../database/is-foreign-key-violation.js';
import { isNotFound } from '../database/is-not-found.js';

export const REFRESH_TOKEN_SECONDS = 30 * 24 * 3600;

const tokenForm = /^([\w-]{22})\.([\w-]{43})$/;
const hashOf = (secret: string): string => hash('sha256', secret, 'hex');
const newSecret = (): string => randomBytes(32).toString('base64url');
const newExpiry = (): Date => new Date(Date.now() + REFRESH_TOKEN_SECONDS * 1000);

interface Rotated {
  userId: string;
  sessionEpoch: number;
  refreshToken: string;
}

@Injectable()
export class Sessions {
  constructor(@Inject(Database) private readonly database: Database) {}

  /**
   * Opens a session and sweeps the user's expired ones.
   * @returns its first refresh token; undefined when the user was removed, or changed the password, meanwhile
   */
  async open(userId: string, sessionEpoch: number): Promise<string | undefined> {
    const id = randomBytes(16).toString('base64url');
    const secret = newSecret();
    const now = new Date();
    const data = {
      ...{ id, userId, tokenHash: hashOf(secret), sessionEpoch },
      ...{ createdAt: now, expiresAt: newExpiry() },
    };
    try {
      return await this.database.transaction(async (tx) => {
        const where = { id: userId, sessionEpoch };
        if (!(await tx.user.findFirst({ where, select: { id: true } }))) return undefined;
        await tx.session.deleteMany({ where: { userId, expiresAt: { lte: now } } });
        await tx.session.createMany({ data: [data] });
        return `${id}.${secret}`;
      });
    } catch (error) {
      // Removed between the two statements. A password changed there leaves a session of the old epoch, which `rotate` refuses.
      if (isForeignKeyViolation(error)) return undefined;
      throw error;
    }
  }

  /** Swaps a token for the next one; of two at once, one wins and the other ends the family. */
  async rotate(token: string): Promise<Rotated | undefined> {
    const [, id, secret] = tokenForm.exec(token) ?? [];
    if (id === undefined || secret === undefined) return undefined;
    const next = newSecret();
    const { client } = this.database;
    try {
      const { userId, sessionEpoch } = await client.session.update({
        where: { id, tokenHash: hashOf(secret), expiresAt: { gt: new Date() } },
        data: { tokenHash: hashOf(next), expiresAt: newExpiry() },
        select: { userId: true, sessionEpoch: true },
      });
      const user = await client.user.findFirst({ where: { id: userId }, select: { sessionEpoch: true } });
      // A sign-in that overlapped a password change opened its session in the old epoch.
      if (sessionEpoch === user?.sessionEpoch) return { userId, sessionEpoch, refreshToken: `${id}.${next}` };
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    await client.session.deleteMany({ where: { id } });
    return undefined;
  }

  /** Ends the token's session, whichever of its tokens this is; nothing happens when there is none. */
  async close(token: string): Promise<void> {
    const id = tokenForm.exec(token)?.[1];
    if (id !== undefined) await this.database.client.session.deleteMany({ where: { id } });
  }

  /** Ends every session of a user, as part of a larger change. */
  async closeAll(userId: string, transaction: TransactionClient): Promise<void> {
    await transaction.session.deleteMany({ where: { userId } });
  }
}
