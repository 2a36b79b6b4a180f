import type { Fields } from './door.js';
import { valuesOf } from './fields.js';

/**
 * What is handed on as text; anything else, a missing type too, is base64. The ALB's documentation lists these
 * ("Receive events from the load balancer"); of HTTP APIs and Function URLs, whose documentation says only "binary",
 * people have measured the same list (`application/x-www-form-urlencoded` and `+json` types are not on it).
 */
const textTypes = /^(text\/.*|application\/(json|javascript|xml))$/i;

/** The body as an event holds it. A content coding makes it binary whatever its type (ALB's documentation). */
export function requestBody(fields: Fields, body: Buffer): { body: string; isBase64Encoded: boolean } {
  const [type = ''] = valuesOf(fields, 'content-type');
  const isText =
    textTypes.test((type.split(';')[0] as string).trim()) &&
    valuesOf(fields, 'content-encoding').length === 0;
  return { body: body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
}
