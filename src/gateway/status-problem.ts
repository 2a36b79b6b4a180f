import { retryAfterMs } from '../outbound/retry-delay.js';
import { Problem } from '../problem.js';

/** They would speak of the caller's own standing with us, or with a proxy of theirs. */
const neverPassed = new Set([401, 407]);

/** They ask to come back later (RFC 6585, 4; RFC 9110, 15.6.4): so does the problem, in seconds. */
const saysWhen = new Set([429, 503]);

/** Of an upstream that answered, but not 2xx. @param passesStatus whether the problem has the upstream's 4xx or 5xx */
export function statusProblem(
  upstreamStatus: number,
  retryAfter: string | undefined,
  passesStatus: boolean,
): Problem {
  const isPassed =
    passesStatus && upstreamStatus >= 400 && upstreamStatus < 600 && !neverPassed.has(upstreamStatus);
  const waitMs = isPassed || saysWhen.has(upstreamStatus) ? retryAfterMs(retryAfter) : undefined;
  return new Problem('UPSTREAM_STATUS', `The upstream answered ${upstreamStatus}.`, {
    upstreamStatus,
    isLogged: true,
    ...(isPassed && { status: upstreamStatus }),
    ...(waitMs !== undefined && { retryAfterSeconds: waitMs / 1_000 }),
  });
}
