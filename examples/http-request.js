// @ts-check
/**
 * HTTP/1.1 requests out of bytes (RFC 9112). A read of a socket ends anywhere: in the middle of a head, or after two and
 * a half of them. So what has come is kept until a request is whole, and what is left over begins the next one.
 */

/** As much as node:http takes. */
const MAX_HEAD_BYTES = 16_384;
const MAX_BODY_BYTES = 1_048_576;

const requestLine = /^([\w!#$%&'*+.^`|~-]+) ([\x21-\x7e]+) HTTP\/1\.([01])$/;
const field = /^([\w!#$%&'*+.^`|~-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/;

/**
 * The first request in `bytes`: undefined while it is not whole, else with what follows it. What is refused has a
 * status only; where the next request would begin is not known then, so the connection has to end.
 * @returns {{ method: string, target: string, isKept: boolean, rest: Buffer } | { refused: string } | undefined}
 */
export function takeRequest(/** @type {Buffer} */ bytes) {
  const headBytes = bytes.indexOf('\r\n\r\n');
  if (headBytes > MAX_HEAD_BYTES || (headBytes < 0 && bytes.length > MAX_HEAD_BYTES))
    return { refused: '431 Request Header Fields Too Large' };
  if (headBytes < 0) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, headBytes).split('\r\n');
  const [, method = '', target = '', minor] = requestLine.exec(first) ?? [];
  const fields = lines.map((line) => field.exec(line));
  if (!method || fields.includes(null)) return { refused: '400 Bad Request' };
  const all = (/** @type {string} */ name) =>
    fields.filter((found) => found?.[1]?.toLowerCase() === name).map((found) => found?.[2] ?? '');

  // Who takes two lengths, or a length and chunks, reads a body as the next request: request smuggling.
  const [lengths, codings] = [all('content-length'), all('transfer-encoding')];
  const isClear = lengths.length <= 1 && lengths.every((text) => /^\d{1,15}$/.test(text));
  if (!isClear || (minor === '1' && all('host').length !== 1)) return { refused: '400 Bad Request' };
  if (codings.length > 0) return { refused: '501 Not Implemented' };
  const bodyBytes = Number(lengths[0] ?? 0);
  if (bodyBytes > MAX_BODY_BYTES) return { refused: '413 Content Too Large' };
  const end = headBytes + 4 + bodyBytes;
  if (bytes.length < end) return undefined;

  const wishes = all('connection')
    .join(',')
    .toLowerCase()
    .split(/[ \t]*,[ \t]*/);
  const isKept = minor === '1' ? !wishes.includes('close') : wishes.includes('keep-alive');
  return { method, target, isKept, rest: bytes.subarray(end) };
}
