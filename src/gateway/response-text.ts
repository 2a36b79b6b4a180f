/** An upstream's answer as JSON text. */
import type { UpstreamAnswer } from '../outbound/outbound-call.js';
import { withoutCredentials } from './without-credentials.js';

const DIGITS = 3;

/** Put together, not stringified: the upstream's JSON stays as it was written, and is not walked a second time. */
export function responseText({ body, ...answer }: UpstreamAnswer): string {
  const { url, status, headers, bytes, durationMs, attempts, redirects } = answer;
  const head = JSON.stringify({
    url: withoutCredentials(url),
    status,
    contentType: headers['content-type'] ?? null,
    headers: { ...headers, ...masked(headers) },
  });
  const tail = JSON.stringify({
    bodyEncoding: body.encoding,
    bytes,
    durationMs: Number(durationMs.toFixed(DIGITS)),
    attempts,
    redirects,
  });
  const value = body.encoding === 'json' ? body.text : JSON.stringify(body.text);
  return `${head.slice(0, -1)},"body":${value},${tail.slice(1)}`;
}

/** Those that hold URLs. */
const masked = (headers: UpstreamAnswer['headers']): Record<string, string> =>
  Object.fromEntries(
    ['location', 'link'].flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, withoutCredentials(value)]];
    }),
  );
