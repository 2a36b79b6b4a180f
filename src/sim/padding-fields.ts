/** As long as most proxies let one field be. */
const FIELD_BYTES = 4_000;

/** Header fields that come to about `bytes` on the wire, names and line ends included. */
export function paddingFields(bytes: number): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let left = bytes, index = 1; left > 0; left -= FIELD_BYTES, index += 1) {
    const name = `x-padding-${index}`;
    fields[name] = 'x'.repeat(Math.max(0, Math.min(left, FIELD_BYTES) - `${name}: \r\n`.length));
  }
  return fields;
}
