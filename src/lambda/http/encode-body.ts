import { isUtf8 } from 'node:buffer';

const textTypes =
  /^(text\/|application\/(.*\+)?(json|xml)$|application\/(javascript|x-ndjson|x-www-form-urlencoded)$)/;

/** Bytes as a result holds them: text as it is, all else as base64, which is a third longer. */
export function encodeBody(
  headers: Record<string, string>,
  body: Buffer,
): { body: string; isBase64Encoded: boolean } {
  const isText = body.length === 0 || (isTextType(headers) && isUtf8(body));
  return { body: body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
}

function isTextType(headers: Record<string, string>): boolean {
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  const [type = ''] = (headers['content-type'] ?? '').toLowerCase().split(';', 1);
  return coding === 'identity' && textTypes.test(type.trim());
}
