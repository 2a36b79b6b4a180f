/** What an answer tells of the rate limits that its request was counted by, allowed or not. */
import type { RateCount } from '../metering/request-meter.js';

/**
 * `RateLimit` and `RateLimit-Policy` tell all of them (draft-ietf-httpapi-ratelimit-headers-10); `X-RateLimit-*`, as many
 * clients know them, only the one with the least left.
 */
export function rateLimitHeaders(counts: readonly [RateCount, ...RateCount[]]): Record<string, string> {
  const nowMs = Date.now();
  const [first, ...others] = counts;
  const tightest = others.reduce((least, count) => (count.left < least.left ? count : least), first);
  const leftSeconds = (endsMs: number) => Math.max(1, Math.ceil((endsMs - nowMs) / 1_000));
  return {
    'ratelimit-policy': counts
      .map(({ name, count, seconds }) => `"${name}";q=${count};w=${seconds}`)
      .join(', '),
    ratelimit: counts
      .map(({ name, left, endsMs }) => `"${name}";r=${left};t=${leftSeconds(endsMs)}`)
      .join(', '),
    'x-ratelimit-limit': String(tightest.count),
    'x-ratelimit-remaining': String(tightest.left),
    'x-ratelimit-reset': String(Math.ceil(tightest.endsMs / 1_000)),
  };
}
