import { randomFillSync } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { v7 as uuidv7 } from 'uuid';

const callersId = /^[A-Za-z0-9._-]{1,128}$/;

/** The caller's `X-Request-Id` when it is one we can log and return safely, else a new UUIDv7. */
export function requestId(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && callersId.test(given) ? given : uuidv7({ random: nextRandom() });
}

const RANDOM_BYTES = 16;
/** Of 256 ids: asking for each one's apart takes 5 µs, as long as all our headers. */
const pool = Buffer.allocUnsafe(256 * RANDOM_BYTES);
let used = pool.length;

function nextRandom(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += RANDOM_BYTES;
  return pool.subarray(used - RANDOM_BYTES, used);
}
