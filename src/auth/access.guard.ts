import { type CanActivate, type ExecutionContext, Inject, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config.js';
import { Database } from '../database/database.js';
import { userColumns } from '../database/user-row.js';
import { AccessTokens } from './access-tokens.js';
import { bearerToken, unauthenticated } from './bearer.js';
import type { Principal, Role } from './principal.js';
import { RecentPrincipals } from './recent-principals.js';

export type IsPublic = (config: Config) => boolean;
export const IS_PUBLIC = 'isPublic';

/** The route needs no token, always or when the configuration says so. Every other route does. */
export const Public = (isPublic: IsPublic = () => true) => SetMetadata(IS_PUBLIC, isPublic);

const IS_RECENT_ENOUGH = 'isRecentEnough';

/** The route is content with a principal as it was up to a second ago. */
export const RecentPrincipal = () => SetMetadata(IS_RECENT_ENOUGH, true);

/** Lets a request through when its access token holds and its user still exists in the same epoch. */
@Injectable()
export class AccessGuard implements CanActivate {
  readonly #recent = new RecentPrincipals();

  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(AccessTokens) private readonly tokens: AccessTokens,
    @Inject(Database) private readonly database: Database,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const isPublic = this.reflector.getAllAndOverride<IsPublic | undefined>(IS_PUBLIC, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (isPublic?.(this.config)) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { authorization } = request.headers;
    if (authorization === undefined)
      throw unauthenticated('Send an access token: Authorization: Bearer <token>.', 'Bearer realm="farebox"');
    const token = bearerToken(authorization);
    const isRecentEnough = this.reflector.get<true | undefined>(IS_RECENT_ENOUGH, context.getHandler());
    request.principal =
      (isRecentEnough && token !== undefined && this.#recent.get(token)) || (await this.principalOf(token));
    return true;
  }

  private async principalOf(token: string | undefined): Promise<Principal> {
    const claims = token === undefined ? undefined : await this.tokens.read(token);
    const user =
      claims &&
      (await this.database.client.user.findFirst({
        where: { id: claims.userId },
        select: { ...userColumns, sessionEpoch: true },
      }));
    if (!token || !claims || user?.sessionEpoch !== claims.sessionEpoch)
      throw unauthenticated(
        'The access token is malformed, expired or revoked.',
        'Bearer realm="farebox", error="invalid_token"',
      );
    const { sessionEpoch: _checked, ...row } = user;
    const principal = { userId: row.id, role: row.role as Role, row };
    this.#recent.add(token, principal);
    return principal;
  }
}
