import { type CanActivate, type ExecutionContext, Inject, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config.js';
import { addressKey } from '../limits/address-key.js';
import { RateLimiter } from '../limits/rate-limiter.js';
import { RecentMap } from '../recent-map.js';
import { type AccessClaims, AccessTokens, type ReadClaims } from './access-tokens.js';
import { bearerToken, unauthenticated } from './bearer.js';
import type { Principal } from './principal.js';
import { Principals } from './principals.js';
import { RecentPrincipals } from './recent-principals.js';

export type IsPublic = (config: Config) => boolean;
export const IS_PUBLIC = 'isPublic';

/** The route needs no token, always or when the configuration says so. Every other route does. */
export const Public = (isPublic: IsPublic = () => true) => SetMetadata(IS_PUBLIC, isPublic);

const IS_RECENT_ENOUGH = 'isRecentEnough';

/** The route changes nothing of ours: it is content with a principal as it was up to a second ago. */
export const RecentPrincipal = () => SetMetadata(IS_RECENT_ENOUGH, true);

/** Ended within the ten minutes that their tokens hold; more than that count as their user's own requests once again. */
const MAX_ENDED = 10_000;

type AddressLimit = 'login' | 'signup' | 'refresh' | 'anonymous';
const LIMITED_BY = 'limitedBy';

/** Where no token is needed, the route's requests are counted by the caller's address. */
export const LimitedBy = (limit: AddressLimit) => SetMetadata(LIMITED_BY, limit);

/**
 * Lets a request through when its access token holds and its user still exists in the same epoch, and when it is not
 * one too many of its user, or of its address.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  /** Users in an epoch that was found to be over: whoever still has a token of it uses up nothing of the user's. */
  readonly #ended = new RecentMap<true>(MAX_ENDED);

  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(AccessTokens) private readonly tokens: AccessTokens,
    @Inject(Principals) private readonly principals: Principals,
    @Inject(RecentPrincipals) private readonly recent: RecentPrincipals,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const isPublic = this.reflector.getAllAndOverride<IsPublic | undefined>(IS_PUBLIC, [
      context.getHandler(),
      context.getClass(),
    ]);
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (isPublic?.(this.config)) {
      const limit = this.reflector.get<AddressLimit | undefined>(LIMITED_BY, context.getHandler());
      await this.countAddress(request, limit);
      // Whoever signs somebody up needs no token, but with one has idempotency keys of their own.
      if (limit === 'signup') request.principal = await this.callerOf(request);
      return true;
    }
    const token = tokenOf(request);
    const isRecentEnough = this.reflector.get<true | undefined>(IS_RECENT_ENOUGH, context.getHandler());
    const recent = isRecentEnough && token !== undefined ? this.recent.get(token) : undefined;
    const claims = recent || token === undefined ? undefined : await this.tokens.read(token);
    const isEnded = claims !== undefined && this.#ended.get(epochOf(claims)) === true;
    const userId = isEnded ? undefined : (recent ?? claims)?.userId;
    // Before the database is asked: a flood costs it nothing.
    if (userId === undefined) await this.countAddress(request, 'anonymous');
    else this.limiter.countHere('api', userId);
    if (request.headers.authorization === undefined)
      throw unauthenticated('Send an access token: Authorization: Bearer <token>.', 'Bearer realm="farebox"');
    request.principal = recent ?? (await this.principalOf(token, claims));
    return true;
  }

  /** Undefined: nobody we know; no token is as good as a bad one here. */
  private async callerOf(request: FastifyRequest): Promise<Principal | undefined> {
    const token = tokenOf(request);
    const claims = token === undefined ? undefined : await this.tokens.read(token);
    return claims && (await this.principals.find(claims));
  }

  private async countAddress({ ip }: FastifyRequest, limit: AddressLimit | undefined): Promise<void> {
    if (limit === 'anonymous') this.limiter.countHere(limit, addressKey(ip));
    else if (limit !== undefined) await this.limiter.count(limit, addressKey(ip));
  }

  private async principalOf(token: string | undefined, claims: ReadClaims | undefined): Promise<Principal> {
    const askedMs = performance.now();
    const principal = claims && (await this.principals.find(claims));
    if (claims && !principal) this.#ended.set(epochOf(claims), true);
    if (!token || !claims || !principal)
      throw unauthenticated(
        'The access token is malformed, expired or revoked.',
        'Bearer realm="farebox", error="invalid_token"',
      );
    this.recent.add(token, claims, principal, askedMs);
    return principal;
  }
}

const epochOf = ({ userId, sessionEpoch }: AccessClaims): string => `${userId} ${sessionEpoch}`;

const tokenOf = ({ headers: { authorization } }: FastifyRequest): string | undefined =>
  authorization === undefined ? undefined : bearerToken(authorization);
