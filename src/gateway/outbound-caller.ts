import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../auth/principal.js';
import { leavingSignal } from '../inbound/leaving-signal.js';
import type { OutboundCaller } from '../outbound/outbound-call.js';
import { LOOP_HEADER } from '../outbound/request-headers.js';

/** @param pointer where the URL stands in the request */
export function outboundCaller(
  { userId }: Principal,
  request: FastifyRequest,
  reply: FastifyReply,
  pointer: string,
): OutboundCaller {
  const cdnLoop = request.headers[LOOP_HEADER]?.toString();
  return { userId, signal: leavingSignal(reply), log: request.log, pointer, cdnLoop };
}
