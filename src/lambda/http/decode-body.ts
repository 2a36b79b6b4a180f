/** The bytes of an event's body. @throws TypeError where the event holds no HTTP body but something else */
export function decodeBody(body: unknown, isBase64Encoded: unknown): Buffer {
  if (body === null || body === undefined) return Buffer.alloc(0);
  if (typeof body !== 'string') throw new TypeError('The body of an HTTP event must be a string or null.');
  return Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8');
}
