/** When a request of a function must be answered at the latest. */
import type { Context } from 'aws-lambda';

/** Before the function's own end: to answer, to write the log line, to hand over the result. */
const MARGIN_MS = 500;
/** REST APIs give up 29 s after they took the request in, HTTP APIs after 30 s; the start of a new instance counts. */
const SERVICE_LIMIT_MS = 28_500;
/** No function runs for longer. */
const FUNCTION_LIMIT_MS = 900_000;

/**
 * @param takenInMs by `Date.now()`; one that lies further back than a service waits, or ahead, is no clock to go by
 * @returns on `performance.now()`
 */
export function answerBy(context: Partial<Context>, takenInMs: number | undefined): number {
  const sinceMs = Date.now() - (takenInMs ?? Number.NaN);
  const passedMs = sinceMs >= 0 && sinceMs < SERVICE_LIMIT_MS ? sinceMs : 0;
  return Math.min(answerBeforeEnd(context), performance.now() + SERVICE_LIMIT_MS - passedMs);
}

/** Where no service gives up before the function does: a Function URL waits as long as it runs. @returns on `performance.now()` */
export function answerBeforeEnd(context: Partial<Context>): number {
  const remainingMs = context.getRemainingTimeInMillis?.() ?? FUNCTION_LIMIT_MS;
  return performance.now() + remainingMs - MARGIN_MS;
}
