/** What an event may hold as header fields: several values a name, one, or nothing. */
export type EventFields =
  | Record<string, string | (string | undefined)[] | null | undefined>
  | null
  | undefined;

/** Those of which Node's own parser takes the first and drops the rest (`IncomingMessage.headers`). */
const single = new Set([
  'age',
  'authorization',
  'content-length',
  'content-type',
  'etag',
  'expires',
  'from',
  'host',
  'if-modified-since',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'referer',
  'retry-after',
  'server',
  'user-agent',
]);

/** Fields as a request on a socket has them: lower case, those of one name made one as Node does it. */
export function joinFields(fields: EventFields): Record<string, string> {
  const joined = new Map<string, string>();
  for (const [given, values] of Object.entries(fields ?? {})) {
    const name = given.toLowerCase();
    for (const value of [values].flat()) {
      if (value === null || value === undefined) continue;
      const before = joined.get(name);
      if (before === undefined) joined.set(name, String(value));
      else if (!single.has(name)) joined.set(name, `${before}${name === 'cookie' ? '; ' : ', '}${value}`);
    }
  }
  return Object.fromEntries(joined);
}
