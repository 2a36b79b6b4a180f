import type { IncomingMessage } from 'node:http';
import { v7 as uuidv7 } from 'uuid';

const callersId = /^[A-Za-z0-9._-]{1,128}$/;

/** The caller's `X-Request-Id` when it is one we can log and return safely, else a new UUIDv7. */
export function requestId(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && callersId.test(given) ? given : uuidv7();
}
