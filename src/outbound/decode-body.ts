/** Bytes to what can be said of them in JSON, by their media type. */
import { TextDecoder } from 'node:util';
import { isJson } from './is-json.js';
import { UpstreamFailure } from './upstream-failure.js';

/** `json`: the text is valid JSON, as the upstream wrote it: numbers keep their digits. */
export interface DecodedBody {
  readonly encoding: 'json' | 'text' | 'base64';
  readonly text: string;
}

export const nothing: DecodedBody = { encoding: 'text', text: '' };

const jsonType = /^(application|text)\/(json|[a-z0-9.!#$&^_-]+\+json)$/;
const textType =
  /^(text\/.+|application\/(xml|[a-z0-9.!#$&^_-]+\+xml|javascript|x-ndjson|yaml|x-www-form-urlencoded|graphql))$/;

/**
 * @param mustBeJson whatever is no JSON is a failure, an empty body too
 * @throws UpstreamFailure UPSTREAM_INVALID where the bytes are not what their type says
 */
export function decodeBody(bytes: Buffer, contentType = '', mustBeJson = false): DecodedBody {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  const isJsonType = jsonType.test(type);
  if (mustBeJson && !isJsonType) throw new UpstreamFailure('UPSTREAM_INVALID', 'did not send JSON');
  if (bytes.length === 0 && !mustBeJson) return nothing;
  if (isJsonType) return { encoding: 'json', text: jsonText(bytes) };
  if (!textType.test(type)) return { encoding: 'base64', text: bytes.toString('base64') };
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  const decoder = decoderFor(charset?.replaceAll('"', ''));
  if (!decoder) return { encoding: 'base64', text: bytes.toString('base64') };
  return { encoding: 'text', text: decoded(bytes, decoder) };
}

/** RFC 8259, 8.1: none is to be sent, but it may be ignored. */
const byteOrderMark = Buffer.from('\ufeff');

/** Checked, and then kept as it is: what is parsed and written again would lose digits, and names that occur twice. */
function jsonText(bytes: Buffer): string {
  const hasMark = bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark);
  const marked = hasMark ? bytes.subarray(byteOrderMark.length) : bytes;
  // RFC 8259, 8.1: UTF-8, whatever the charset says.
  const text = decoded(marked, new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }));
  if (!isJson(marked)) throw new UpstreamFailure('UPSTREAM_INVALID', 'sent a body that is not valid JSON');
  return text;
}

/** Nothing where the charset is none that anybody knows. */
function decoderFor(charset = 'utf-8'): TextDecoder | undefined {
  try {
    return new TextDecoder(charset, { fatal: true });
  } catch {
    return undefined;
  }
}

function decoded(bytes: Buffer, decoder: TextDecoder): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new UpstreamFailure(
      'UPSTREAM_INVALID',
      `sent a body that is not valid ${decoder.encoding.toUpperCase()}`,
    );
  }
}
