import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { findUser } from '../database/find-user.js';
import type { AccessClaims } from './access-tokens.js';
import { unauthenticated } from './bearer.js';
import type { Principal, Role } from './principal.js';

/** Users, as the database knows them now. */
@Injectable()
export class Principals {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** @returns undefined when the user is gone, or another epoch has begun */
  async find({ userId, sessionEpoch }: AccessClaims): Promise<Principal | undefined> {
    const user = await findUser(this.database, userId);
    if (user?.sessionEpoch !== sessionEpoch) return undefined;
    const { row } = user;
    return { userId, role: row.role as Role, row, sessionEpoch };
  }

  /**
   * For an answer that takes longer than a principal may be old. The access token may have expired meanwhile: it held
   * when the answer was asked for. @throws Problem UNAUTHENTICATED
   */
  async again({ userId, sessionEpoch }: Principal): Promise<Principal> {
    const principal = sessionEpoch === undefined ? undefined : await this.find({ userId, sessionEpoch });
    if (!principal)
      throw unauthenticated(
        'The access token was revoked before the answer was complete.',
        'Bearer realm="farebox", error="invalid_token"',
      );
    return principal;
  }
}
