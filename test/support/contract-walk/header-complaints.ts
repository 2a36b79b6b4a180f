/** Whether the header fields of an answer are those that the document has for it. */

import type { AnswerSchemas } from './answer-schemas.js';
import { askedFor } from './asked-for.js';
import type { ApiDocument, DocumentedAnswer, DocumentedOperation } from './document.js';
import type { Judged } from './judge.js';

/** Documented for an answer, but there only where there is reason. */
const inSomeAnswers = new Set([
  ...['link', 'set-cookie', 'idempotent-replayed', 'retry-after', 'allow', 'www-authenticate'],
  ...['ratelimit', 'ratelimit-policy', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'],
]);
/** The statuses that such a header cannot be left out of. */
const neededBy: Record<string, (status: number, code: unknown) => boolean> = {
  allow: (status) => status === 405,
  'www-authenticate': (_status, code) => code === 'UNAUTHENTICATED',
  'retry-after': (status, code) => code !== undefined && (status === 429 || status === 503),
};

export function headerComplaints(
  document: ApiDocument,
  { path }: DocumentedOperation,
  documented: DocumentedAnswer,
  { request, answer }: Judged,
  schemas: AnswerSchemas,
): string[] {
  const { status, headers, json, cookies } = answer;
  const isAsked = askedFor[request.operation]?.status?.(status, request) ?? false;
  const given = (name: string) => (name === 'set-cookie' ? cookies[0] : headers[name]);
  const code = request.method === 'HEAD' ? undefined : json?.code;
  const complaints: string[] = [];
  for (const [name, found] of Object.entries({ ...everywhere(document), ...documented.headers })) {
    const field = name.toLowerCase();
    const value = given(field);
    const isEarly = field === 'cache-control' && status >= 400 && !path.startsWith('/v1/');
    const needed = inSomeAnswers.has(field) ? (neededBy[field]?.(status, code) ?? false) : !isEarly;
    if (value === undefined) {
      if (needed && !isAsked) complaints.push(`${name} is missing`);
      continue;
    }
    if (field === 'location' && askedFor[request.operation]?.hasOddLocation) continue;
    const { schema } = document.resolve(found);
    const wrong = schemas.complaint(schema, schema.type === 'integer' ? Number(value) : value);
    if (wrong) complaints.push(`${name}: ${value} is not as documented: ${wrong}`);
  }
  const known = new Set(Object.keys(documented.headers ?? {}).map((name) => name.toLowerCase()));
  for (const name of Object.keys(document.whole.components.headers))
    if (
      !isAsked &&
      !known.has(name.toLowerCase()) &&
      given(name.toLowerCase()) !== undefined &&
      !isOfAnyProblem(name, path, status)
    )
      complaints.push(`${name} is there, and not documented for ${status}`);
  for (const [field, isNeeded] of Object.entries(neededBy))
    if (isNeeded(status, code) && given(field) === undefined) complaints.push(`${field} is missing`);
  return complaints;
}

const everywhere = (document: ApiDocument) => {
  const { headers } = document.whole.components;
  return Object.fromEntries(
    ['X-Request-Id', 'X-Process-Time', 'Server-Timing'].map((name) => [name, headers[name]]),
  );
};

/** The answer that any request can meet has no path, and so cannot say what those of one path have. */
const isOfAnyProblem = (name: string, path: string, status: number): boolean =>
  path.startsWith('/v1/') && (name === 'Cache-Control' || name === 'Vary') && status >= 400;
