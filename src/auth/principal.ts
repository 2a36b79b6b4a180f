import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { UserRow } from '../database/user-row.js';
import { Problem } from '../problem.js';

export type Role = 'user' | 'admin';

/** Who is asking, as the database knows them now. */
export interface Principal {
  readonly userId: string;
  readonly role: Role;
  /** As it was when the request came in; without it the caller is not a user of ours. */
  readonly row?: UserRow;
  /** What the access token was made in. */
  readonly sessionEpoch?: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    principal?: Principal;
  }
}

/** Hands the asking user to a handler. Only behind `AccessGuard`, and not on public routes. */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!principal) throw new Error('A handler asked for the caller on a route that needs no token.');
  return principal;
});

/** @throws Problem FORBIDDEN unless the caller is an admin */
export function requireAdmin(caller: Principal | undefined): void {
  if (caller?.role !== 'admin') throw new Problem('FORBIDDEN', 'Only admins may do this.');
}
