/** Access tokens: JWTs that say who and since when, never what they may do (that is read from the database). */
import { Inject, Injectable } from '@nestjs/common';
import { errors, jwtVerify, SignJWT } from 'jose';
import { type Key, Keyring } from './keyring.js';

export const ACCESS_TOKEN_SECONDS = 600;
const ISSUER = 'farebox';
/** RFC 9068's type keeps any other JWT of ours from passing as an access token. */
const TYPE = 'at+jwt';
/** Pinned: whatever a token's header asks for, nothing else is tried. */
const ALGORITHM = 'HS256';

export interface AccessClaims {
  userId: string;
  /** The user's session epoch when the token was made; a newer one in the database ends it. */
  sessionEpoch: number;
}

@Injectable()
export class AccessTokens {
  private readonly keys: [Key, ...Key[]];

  constructor(@Inject(Keyring) keyring: Keyring) {
    this.keys = keyring.keys('access-token');
  }

  make({ userId, sessionEpoch }: AccessClaims): Promise<string> {
    const [key] = this.keys;
    return new SignJWT({ epoch: sessionEpoch })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: key.id })
      .setIssuer(ISSUER)
      .setSubject(userId)
      .setIssuedAt()
      .setExpirationTime(`${ACCESS_TOKEN_SECONDS} s`)
      .sign(key.bytes);
  }

  /** @returns undefined for anything but a token of ours that still holds */
  async read(token: string): Promise<AccessClaims | undefined> {
    try {
      const { payload } = await jwtVerify<{ epoch: unknown }>(token, ({ kid }) => this.keyNamed(kid), {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        typ: TYPE,
        requiredClaims: ['sub', 'exp', 'epoch'],
      });
      if (typeof payload.sub !== 'string' || typeof payload.epoch !== 'number') return undefined;
      return { userId: payload.sub, sessionEpoch: payload.epoch };
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  private keyNamed(kid: string | undefined): Uint8Array {
    const key = this.keys.find(({ id }) => id === kid);
    if (!key) throw new errors.JWSInvalid('no such key');
    return key.bytes;
  }
}
