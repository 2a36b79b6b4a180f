import type { FastifyReply } from 'fastify';

/** They have no body, whatever is to be said (RFC 9110, 15.3.5, 15.3.6 and 15.4.5). */
const withoutBody: readonly number[] = [204, 205, 304];

/** Sets the status. @returns the body, where the status allows one */
export function withStatus<T>(status: number, body: T, reply: FastifyReply): T | undefined {
  void reply.code(status);
  return withoutBody.includes(status) ? undefined : body;
}
