import { hash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { bearerToken, unauthenticated } from '../auth/bearer.js';
import { CONFIG, type Config } from '../config.js';

/** Another space than that of access tokens: neither opens the other's doors. */
const CHALLENGE = 'Bearer realm="farebox metrics"';

/** Asks for `METRICS_TOKEN` where one is set. */
@Injectable()
export class MetricsGuard implements CanActivate {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  canActivate(context: ExecutionContext): boolean {
    const { metricsToken } = this.config;
    if (metricsToken === undefined) return true;
    const { authorization } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    if (authorization === undefined)
      throw unauthenticated('Send the metrics token: Authorization: Bearer <token>.', CHALLENGE);
    if (!isSame(bearerToken(authorization) ?? '', metricsToken))
      throw unauthenticated('This is not the metrics token.', `${CHALLENGE}, error="invalid_token"`);
    return true;
  }
}

/** In the same time for every wrong one: hashes are of one length, and tell nothing of where two texts differ. */
const isSame = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected));
const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
