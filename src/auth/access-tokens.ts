/** Access tokens: JWTs that say who and since when, never what they may do (that is read from the database). */
import { Inject, Injectable } from '@nestjs/common';
import { errors, jwtVerify, SignJWT } from 'jose';
import { RecentMap } from '../recent-map.js';
import { type Key, Keyring } from './keyring.js';

export const ACCESS_TOKEN_SECONDS = 600;
const ISSUER = 'farebox';
/** RFC 9068's type keeps any other JWT of ours from passing as an access token. */
const TYPE = 'at+jwt';
/** Pinned: whatever a token's header asks for, nothing else is tried. */
const ALGORITHM = 'HS256';
/** Verified once, a token holds until it expires. 2 MB of them; whoever calls when there are more is verified again. */
const MAX_VERIFIED = 5_000;

export interface AccessClaims {
  userId: string;
  /** The user's session epoch when the token was made; a newer one in the database ends it. */
  sessionEpoch: number;
}

export interface ReadClaims extends AccessClaims {
  /** When the token ends, in milliseconds since 1970. */
  expiresMs: number;
}

@Injectable()
export class AccessTokens {
  private readonly keys: [Key, ...Key[]];
  private readonly verified = new RecentMap<ReadClaims>(MAX_VERIFIED);

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
  async read(token: string): Promise<ReadClaims | undefined> {
    const known = this.verified.get(token);
    if (known) return known.expiresMs > Date.now() ? known : undefined;
    const claims = await this.verify(token);
    if (claims) this.verified.set(token, claims);
    return claims;
  }

  private async verify(token: string): Promise<ReadClaims | undefined> {
    try {
      const { payload } = await jwtVerify<{ epoch: unknown }>(token, ({ kid }) => this.keyNamed(kid), {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        typ: TYPE,
        requiredClaims: ['sub', 'exp', 'epoch'],
      });
      if (typeof payload.sub !== 'string' || typeof payload.epoch !== 'number' || !payload.exp)
        return undefined;
      return { userId: payload.sub, sessionEpoch: payload.epoch, expiresMs: payload.exp * 1000 };
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
