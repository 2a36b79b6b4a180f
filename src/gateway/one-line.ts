/** What some readers of lines (Python's `splitlines`) take for an end of one, and JSON lets stand in a string. */
const otherBreaks = [
  ['\u0085', '\\u0085'],
  ['\u2028', '\\u2028'],
  ['\u2029', '\\u2029'],
] as const;

/**
 * The same value in one line, for whoever reads it: an upstream is not to write lines of its own, a `summary` say.
 * @param json valid: then a line break stands only between its tokens (RFC 8259, 7: a string holds none as it is)
 */
export function oneLine(json: string): string {
  let line = json;
  // Not by an expression: a line break after each of a million items would cost a quarter of a second.
  for (const lineBreak of ['\n', '\r']) if (line.includes(lineBreak)) line = line.split(lineBreak).join('');
  for (const [written, escaped] of otherBreaks)
    if (line.includes(written)) line = line.split(written).join(escaped);
  return line;
}
