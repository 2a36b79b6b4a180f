/** Requests with secrets where an operation asks for none. */
import type { ApiDocument, DocumentedOperation, Parameter } from '../contract-walk/document.js';
import type { Plants } from './plants.js';

export interface Sent {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** So that nobody waits: without them it is seconds. */
const brief: Record<string, string> = { ms: '1', duration: '1' };

/**
 * As the document's example has it, with a secret in a cookie, in other fields and in the body: from who may ask; with
 * one in the query; and with one for a token.
 */
export function unasked(
  document: ApiDocument,
  { id, method, path: template, parameters, body }: DocumentedOperation,
  plants: Plants,
  caller: Record<string, string>,
): Sent[] {
  const secret = plants.make(`unasked by ${id}`);
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(exampleOf(parameters.find((one) => one.in === 'path' && one.name === name))),
  );
  const query = new URLSearchParams(
    parameters
      .filter((one) => one.in === 'query' && (one.required || one.name in brief))
      .map((one): [string, string] => [one.name, brief[one.name] ?? exampleOf(one)]),
  );
  const example = body && (document.resolve(body.schema).examples?.[0] ?? {});
  const request = (headers: Record<string, string>, given = `${query}`): Sent => ({
    method,
    path: `${path}${given && `?${given}`}`,
    headers: { 'x-api-key': secret, cookie: `session=${secret}`, 'idempotency-key': secret, ...headers },
    ...(body && { body: { ...example, password: secret } }),
  });
  return [
    request(caller),
    request(caller, `${query}${query.size > 0 ? '&' : ''}api_key=${secret}`),
    request({ authorization: `Bearer ${secret}` }),
  ];
}

const exampleOf = (parameter: Parameter | undefined): string =>
  String(parameter?.schema.examples?.[0] ?? parameter?.schema.enum?.[0] ?? parameter?.schema.minimum ?? 'x');
