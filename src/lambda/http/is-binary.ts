const textTypes =
  /^(text\/|application\/(.*\+)?(json|xml)$|application\/(javascript|x-ndjson|x-www-form-urlencoded)$)/;

/** Whether a body must travel as base64: compressed, of no text type, or text in another encoding than UTF-8. */
export function isBinary(headers: Record<string, string | undefined>): boolean {
  const coding = headers['content-encoding'] ?? 'identity';
  if (coding.trim().toLowerCase() !== 'identity') return true;
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  // Of no type: an empty body, as a rule, and whatever it is, base64 does it no harm.
  if (!textTypes.test(type.trim())) return true;
  const charset = parameters.find((parameter) => parameter.trim().startsWith('charset='));
  return charset !== undefined && !/^\s*charset="?(utf-8|us-ascii)"?\s*$/.test(charset);
}
