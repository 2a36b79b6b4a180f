/** Which problems an operation can answer, and how the documents write them down. */
import { Problem, type ProblemCode, problemCatalogue } from '../problem.js';
import { problemBody } from './answer-problem.js';
import { isNeverShed } from './never-shed.js';
import type { Handler } from './openapi-handlers.js';
import { type HeaderName, headersOf } from './openapi-headers.js';
import { problemDescriptions } from './problem-descriptions.js';

/** Refused before a path and its operation are known, or nobody's doing: any request can meet them. */
const ofAnyRequest: readonly ProblemCode[] = [
  'METHOD_NOT_ALLOWED',
  'METHOD_UNKNOWN',
  'REQUEST_TIMEOUT',
  'URI_TOO_LONG',
  'EXPECTATION_FAILED',
  'HEADERS_TOO_LARGE',
  'INTERNAL',
  'ANSWER_TOO_LARGE',
];
const ofBodies: readonly ProblemCode[] = ['BODY_INVALID', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];
const ofTheDatabase: readonly ProblemCode[] = ['DATABASE_BUSY', 'DATABASE_UNAVAILABLE', 'MIGRATIONS_PENDING'];

/** With `Retry-After`. */
const sayingWhen: readonly ProblemCode[] = [
  'IDEMPOTENCY_IN_PROGRESS',
  'RATE_LIMITED',
  'SIGN_IN_BUSY',
  'OUTBOUND_BUSY',
  'OUTBOUND_QUOTA_USED',
  'DEADLINE_EXCEEDED',
  'OVERLOADED',
  'WORKERS_BUSY',
  ...ofTheDatabase,
];

interface Call {
  readonly method: string;
  readonly path: string;
  /** Has a body or query that is checked against a schema. */
  readonly takesInput: boolean;
  readonly hasPrecondition: boolean;
  readonly handler: Handler;
}

/** Its own problems, and those that follow from what it is. */
export function problemCodesOf({ method, path, takesInput, hasPrecondition, handler }: Call): ProblemCode[] {
  const { operation, scheme } = handler;
  const usesDatabase = operation.usesDatabase ?? true;
  const writes = method !== 'get';
  // A query is looked at whether the operation has one or not.
  const codes = new Set<ProblemCode>(['BAD_REQUEST', 'URL_INVALID', ...(operation.problems ?? [])]);
  if (path.startsWith('/v1/')) codes.add('NOT_ACCEPTABLE').add('RATE_LIMITED');
  if (takesInput) codes.add('VALIDATION_FAILED');
  if (hasPrecondition) codes.add('PRECONDITION_FAILED');
  if (scheme) codes.add('UNAUTHENTICATED');
  if (writes) for (const code of ofBodies) codes.add(code);
  if (usesDatabase) for (const code of ofTheDatabase) codes.add(code);
  codes.add('DEADLINE_EXCEEDED');
  if (!isNeverShed(path)) codes.add('OVERLOADED');
  if (usesDatabase && writes) codes.add('STORAGE_FULL');
  const order = Object.keys(problemCatalogue);
  return [...codes].sort((a, b) => order.indexOf(a) - order.indexOf(b));
}

/** One answer a status, with the codes it can carry and an example of each. */
export function problemAnswers(
  codes: readonly ProblemCode[],
  headers: readonly HeaderName[],
): Record<string, object> {
  const answers: Record<string, object> = { default: { $ref: '#/components/responses/AnyRequest' } };
  for (const status of statusesOf(codes)) {
    const some = codes.filter((code) => problemCatalogue[code].status === status);
    answers[status] = problemAnswer(
      some,
      some.map((code) => problemCatalogue[code].title).join(', or: '),
      headers,
    );
  }
  return answers;
}

/** The components that `problemAnswers` refers to. */
export const problemComponents = () => ({
  responses: {
    AnyRequest: problemAnswer(ofAnyRequest, 'What any request can meet, whatever it asks for'),
  },
  examples: Object.fromEntries(
    Object.keys(problemCatalogue).map((code) => [code, problemExample(code as ProblemCode)]),
  ),
});

const statusesOf = (codes: readonly ProblemCode[]): number[] => [
  ...new Set(codes.map((code) => problemCatalogue[code].status)),
];

function problemAnswer(
  codes: readonly ProblemCode[],
  description: string,
  headers: readonly HeaderName[] = [],
): object {
  return {
    description,
    headers: headersOf([...headersOfProblems(codes), ...headers]),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            {
              type: 'object',
              properties: {
                status: { enum: statusesOf(codes) },
                code: { enum: codes },
              },
            },
          ],
        },
        examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
      },
    },
  };
}

function headersOfProblems(codes: readonly ProblemCode[]): HeaderName[] {
  const has = (...some: ProblemCode[]) => some.some((code) => codes.includes(code));
  return [
    ...(has('UNAUTHENTICATED') ? (['WWW-Authenticate'] as const) : []),
    ...(has('METHOD_NOT_ALLOWED') ? (['Allow'] as const) : []),
    ...(has(...sayingWhen) ? (['Retry-After'] as const) : []),
  ];
}

function problemExample(code: ProblemCode): object {
  const { description, detail, errors } = problemDescriptions[code];
  const problem = new Problem(code, detail, errors && { errors: [...errors] });
  return {
    summary: `${code}: ${problem.title}`,
    description,
    value: problemBody(
      problem,
      '/v1/users/019aa3c4-7d1e-7c3b-9f27-3f1d5c9b2a10',
      '019aa3c4-9f3e-7b60-8d15-0c7e5a1f2b34',
    ),
  };
}
