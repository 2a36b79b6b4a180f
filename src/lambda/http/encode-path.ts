/** What may not stand in a path as it is (RFC 3986, 3.3): all but visible ASCII, what would end the path, and what no URI holds. */
const notInPath = /[^\x21-\x7e]|[?#"<>\\^`{|}]/gu;

/** A path that came encoded; only what cannot have come so is escaped. */
export const keepEncoded = (path: string): string =>
  path.toWellFormed().replace(notInPath, encodeURIComponent) || '/';

/** A path that was decoded on the way: a `%` in it means itself. An encoded slash cannot be told from a slash any more. */
export const encodeDecoded = (path: string): string => keepEncoded(path.replaceAll('%', '%25'));
