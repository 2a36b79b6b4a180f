/** A request target: path and query, and what decoding them means. */

/** Path and query of a target in origin or absolute form (RFC 9112, 3.2). */
export function splitTarget(target: string): [path: string, query: string] {
  const origin = target.replace(/^https?:\/\/[^/?]*/i, '');
  const mark = origin.indexOf('?');
  return mark < 0 ? [origin || '/', ''] : [origin.slice(0, mark) || '/', origin.slice(mark + 1)];
}

/** The pairs of a query, encoded as they came. A name alone and one with nothing after its `=` are the same here. */
export const queryPairs = (query: string, separator: RegExp | string = '&'): [string, string][] =>
  query
    .split(separator)
    .filter(Boolean)
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [name, value.join('=')];
    });

/** What a service makes of a broken percent-encoding is not known; here it is left alone. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const formDecoded = (text: string): string => percentDecoded(text.replaceAll('+', ' '));
