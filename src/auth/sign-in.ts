import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { emailKey, normalEmail } from '../email.js';
import { RateLimiter } from '../limits/rate-limiter.js';
import { Problem } from '../problem.js';
import { ACCESS_TOKEN_SECONDS, AccessTokens } from './access-tokens.js';
import type { Tokens } from './auth.schema.js';
import { PasswordHasher } from './password-hasher.js';
import { Sessions } from './sessions.js';

@Injectable()
export class SignIn {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(PasswordHasher) private readonly hasher: PasswordHasher,
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(AccessTokens) private readonly tokens: AccessTokens,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
  ) {}

  /** Unknown email and wrong password look alike, in the answer and in the time it takes. */
  async withPassword(email: string, password: string): Promise<Tokens> {
    const normal = normalEmail(email);
    // No key is empty: an address that cannot exist takes the same path as an unknown one.
    const key = normal === undefined ? '' : emailKey(normal);
    const user = await this.limiter.guess('login-email', key || email, () => this.userWith(key, password));
    const refreshToken = user && (await this.sessions.open(user.id, user.sessionEpoch));
    if (!user || refreshToken === undefined)
      throw new Problem('CREDENTIALS_WRONG', 'There is no user with this email and password.');
    return this.issue(user.id, user.sessionEpoch, refreshToken);
  }

  private async userWith(key: string, password: string) {
    const user = await this.database.client.user.findFirst({
      where: { emailKey: key },
      select: { id: true, passwordHash: true, sessionEpoch: true },
    });
    const isRight = await this.hasher.verify(password, user?.passwordHash);
    return isRight && user ? user : undefined;
  }

  /** @throws Problem REFRESH_TOKEN_INVALID; a token used before ends its whole family */
  async withRefreshToken(token: string): Promise<Tokens> {
    const rotated = await this.sessions.rotate(token);
    if (!rotated)
      throw new Problem(
        'REFRESH_TOKEN_INVALID',
        'The refresh token is unknown, used, revoked or expired; sign in again.',
      );
    return this.issue(rotated.userId, rotated.sessionEpoch, rotated.refreshToken);
  }

  async end(refreshToken: string): Promise<void> {
    await this.sessions.close(refreshToken);
  }

  private async issue(userId: string, sessionEpoch: number, refreshToken: string): Promise<Tokens> {
    const accessToken = await this.tokens.make({ userId, sessionEpoch });
    return { accessToken, tokenType: 'Bearer', expiresIn: ACCESS_TOKEN_SECONDS, refreshToken };
  }
}
