/** When a call is worth another try, and how long to wait for it. */

/** Statuses that say "not now" (RFC 9110, RFC 6585), and 500, behind which often is no more. */
const retriedStatuses = new Set([408, 425, 429, 500, 502, 503, 504]);
export const mayPass = (status: number): boolean => retriedStatuses.has(status);

const FIRST_WAIT_MS = 100;
const MAX_WAIT_MS = 5_000;

/** Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter", 2015): callers that failed together spread. */
const jittered = (attempt: number): number =>
  Math.random() * Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));

/**
 * @param attempt how many there were, from 1
 * @param retryAfter the upstream's field, which is obeyed
 * @returns milliseconds
 */
export function retryDelayMs(attempt: number, retryAfter: string | undefined): number {
  return Math.max(jittered(attempt), retryAfterMs(retryAfter) ?? 0);
}

/** RFC 9110, 10.2.3: seconds or a date. */
export function retryAfterMs(field: string | undefined): number | undefined {
  if (field === undefined) return undefined;
  if (/^\d{1,9}$/.test(field.trim())) return Number(field) * 1_000;
  // V8 takes nearly anything for a date; HTTP's begin with the day's name (RFC 9110, 5.6.7).
  const atMs = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(field) ? Date.parse(field) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - Date.now());
}
