import { type Finding, ok, warn } from './finding.js';

/** Instants of ours are compared with the server's and with other instances'; up to a second none of our rules notices. */
const TOLERATED_MS = 1_000;

/**
 * @param serverMs what the server's clock said, in milliseconds since 1970, at some moment between `beforeMs` and
 * `afterMs` of ours
 */
export function checkClock(serverMs: number, beforeMs: number, afterMs: number): Finding {
  // What is certain, whenever in between it was.
  const aheadMs = Math.max(0, serverMs - afterMs);
  const behindMs = Math.max(0, beforeMs - serverMs);
  const offMs = Math.round(aheadMs - behindMs);
  if (Math.abs(offMs) <= TOLERATED_MS)
    return ok('clock', `the server's differs from this machine's by less than ${TOLERATED_MS / 1000} s`);
  return warn(
    'clock',
    `the server's is ${Math.abs(offMs) / 1000} s ${offMs > 0 ? 'ahead of' : 'behind'} this machine's`,
    'Set both by NTP: expiries and claims are reckoned by the clock.',
  );
}
