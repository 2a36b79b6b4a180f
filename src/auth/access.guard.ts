import { type CanActivate, type ExecutionContext, Inject, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config.js';
import { Database } from '../database/database.js';
import { userColumns } from '../database/user-row.js';
import { Problem } from '../problem.js';
import { AccessTokens } from './access-tokens.js';
import type { Principal, Role } from './principal.js';

export type IsPublic = (config: Config) => boolean;
export const IS_PUBLIC = 'isPublic';

/** The route needs no token, always or when the configuration says so. Every other route does. */
export const Public = (isPublic: IsPublic = () => true) => SetMetadata(IS_PUBLIC, isPublic);

/** RFC 6750, 2.1. */
const bearer = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/** Lets a request through when its access token holds and its user still exists in the same epoch. */
@Injectable()
export class AccessGuard implements CanActivate {
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
    request.principal = await this.principalOf(request.headers.authorization);
    return true;
  }

  private async principalOf(authorization: string | undefined): Promise<Principal> {
    if (authorization === undefined)
      throw unauthenticated('Send an access token: Authorization: Bearer <token>.', 'Bearer realm="farebox"');
    const token = bearer.exec(authorization)?.[1];
    const claims = token === undefined ? undefined : await this.tokens.read(token);
    const user =
      claims &&
      (await this.database.client.user.findFirst({
        where: { id: claims.userId },
        select: { ...userColumns, sessionEpoch: true },
      }));
    if (!claims || user?.sessionEpoch !== claims.sessionEpoch)
      throw unauthenticated(
        'The access token is malformed, expired or revoked.',
        'Bearer realm="farebox", error="invalid_token"',
      );
    const { sessionEpoch: _checked, ...row } = user;
    return { userId: row.id, role: row.role as Role, row };
  }
}

const unauthenticated = (detail: string, challenge: string): Problem =>
  new Problem('UNAUTHENTICATED', detail, { headers: { 'www-authenticate': challenge } });
