/** When a request of a function must be answered at the latest. */
import type { Context } from 'aws-lambda';

/** Before the function's own end: to answer, to write the log line, to hand over the result. */
const MARGIN_MS = 500;
/** REST APIs give up 29 s after they took the request in, HTTP APIs after 30 s; the start of a new instance counts. */
const SERVICE_LIMIT_MS = 28_500;

/**
 * @param takenInMs by `Date.now()`; one that lies further back than a service waits, or ahead, is no clock to go by
 * @returns on `performance.now()`
 */
export function answerBy(context: Partial<Context>, takenInMs: number | undefined): number {
  const sinceMs = Date.now() - (takenInMs ?? Number.NaN);
  const passedMs = sinceMs >= 0 && sinceMs < SERVICE_LIMIT_MS ? sinceMs : 0;
  const remainingMs = context.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY;
  return performance.now() + Math.min(remainingMs - MARGIN_MS, SERVICE_LIMIT_MS - passedMs);
}
