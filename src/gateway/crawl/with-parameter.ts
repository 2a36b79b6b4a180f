/**
 * A URL whose query has `name=value`, in the place of the first parameter of that name, and everything else as it was
 * written: what signs a query, or reads it in a way of its own, finds it unchanged.
 * @param url any text, which is read as a URL later
 */
export function withParameter(url: string, name: string, value: string | number): string {
  const [, base = '', query, fragment = ''] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(url) ?? [];
  const parts = query ? query.split('&') : [];
  const place = parts.findIndex((part) => nameOf(part) === name);
  const written = place < 0 ? encodeURIComponent(name) : (parts[place] as string).split('=', 1)[0];
  const parameter = `${written}=${encodeURIComponent(value)}`;
  const others = parts.map((part, index) => (index === place ? parameter : part));
  const kept = others.filter((part, index) => index === place || nameOf(part) !== name);
  return `${base}?${(place < 0 ? [...kept, parameter] : kept).join('&')}${fragment}`;
}

/** As servers read it. */
function nameOf(part: string): string {
  const written = part.split('=', 1)[0]?.replaceAll('+', ' ') ?? '';
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}
