/** One operation of the documents: what the generator found, and what our own notes and rules add. */
import { STATUS_CODES } from 'node:http';
import type { Operation } from '../operation.js';
import { NDJSON } from './ndjson.js';
import type { Handler } from './openapi-handlers.js';
import { answerHeaders, type HeaderName, headersOf, requestHeader } from './openapi-headers.js';
import { problemAnswers, problemCodesOf } from './openapi-problems.js';
import type { JsonSchema, SchemaCollection } from './openapi-schemas.js';

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema: JsonSchema & { example?: unknown };
}

/** What @nestjs/swagger makes of a handler: its parameters and body with their schemas, its tag and status. */
export interface Found {
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, unknown>;
}

interface Route {
  readonly method: string;
  readonly path: string;
  readonly found: Found;
  readonly handler: Handler;
}

export function describeOperation(route: Route, schemas: SchemaCollection): object {
  const { method, path, found, handler } = route;
  const { operation, scheme } = handler;
  const asks = (header: string) => found.parameters?.some(({ name }) => name === header) ?? false;
  const codes = problemCodesOf({
    method,
    path,
    handler,
    takesInput:
      found.requestBody !== undefined || found.parameters?.some((one) => one.in === 'query') === true,
    hasPrecondition: asks('if-match'),
  });
  return {
    tags: operation.tag === undefined ? found.tags : [operation.tag],
    operationId: operation.id,
    summary: operation.summary,
    description: operation.description,
    security: scheme ? [{ [scheme]: [] }] : [],
    parameters: parameters(route),
    ...(found.requestBody && { requestBody: requestBody(route, schemas) }),
    responses: {
      ...success(route, schemas),
      ...(asks('if-none-match') && {
        304: {
          description: 'You have the current version',
          headers: headersOf(['ETag', ...headersUnderV1(path)]),
        },
      }),
      ...(asks('last-event-id') && {
        204: {
          description: 'Nothing came after the event you have, and nothing will',
          headers: headersOf(handler.cacheControl ? ['Cache-Control'] : []),
        },
      }),
      // What a handler says of its success it says of its refusals too.
      ...problemAnswers(codes, [
        ...new Set<HeaderName>([
          ...headersUnderV1(path),
          ...(handler.cacheControl ? (['Cache-Control'] as const) : []),
          ...(operation.headers ?? []).filter((name) => name === 'Idempotent-Replayed'),
        ]),
      ]),
    },
  };
}

function parameters({ found, handler: { operation } }: Route): object[] {
  const { cookie } = operation;
  return [
    ...(found.parameters ?? []).map((parameter) =>
      parameter.in === 'header' ? requestHeader(parameter.name) : describeParameter(parameter),
    ),
    ...(cookie
      ? [{ ...cookie, in: 'cookie', required: false, schema: { type: 'string', examples: ['0Zc…'] } }]
      : []),
    requestHeader('x-request-id'),
  ];
}

function describeParameter({ name, in: place, required, schema: found }: Parameter): object {
  const { description, example, ...schema } = found;
  return { name, in: place, required: required ?? false, description, schema: withExample(schema, example) };
}

/** In the schema, not beside it: the page would fill it into every form, and send filters nobody asked for. */
const withExample = (schema: JsonSchema, example = schema.default ?? schema.enum?.[0]): JsonSchema =>
  example === undefined ? schema : { ...schema, examples: [example] };

function requestBody({ found, handler: { operation } }: Route, schemas: SchemaCollection): object {
  const schema = found.requestBody?.content['application/json']?.schema ?? {};
  const media = { schema, example: schemas.example(schema) };
  const types = operation.consumes ?? ['application/json'];
  return {
    required: !schemas.takesNull(schema),
    content: Object.fromEntries(types.map((type) => [type, media])),
  };
}

function success({ path, found, handler }: Route, schemas: SchemaCollection): Record<string, object> {
  const { operation, cacheControl } = handler;
  const status = Object.keys(found.responses)[0] ?? '200';
  const media = (type: string, answer: Operation['answer']) => {
    const schema = answer && schemas.add(answer, 'output');
    return schema ? { [type]: { schema, example: schemas.example(schema) } } : {};
  };
  const content = {
    ...media(operation.produces ?? 'application/json', operation.answer),
    ...media(NDJSON, operation.line),
  };
  return {
    [status]: {
      description: STATUS_CODES[status] ?? '',
      headers: {
        ...headersOf([...(operation.headers ?? []), ...headersUnderV1(path)]),
        ...(cacheControl && {
          'Cache-Control': {
            ...answerHeaders['Cache-Control'],
            schema: { type: 'string', examples: [cacheControl] },
          },
        }),
      },
      ...(Object.keys(content).length > 0 && { content }),
    },
  };
}

/** What the hooks add to every answer under `/v1`, and to every one whose request was counted. */
const headersUnderV1 = (path: string): HeaderName[] =>
  path.startsWith('/v1/')
    ? [
        'Cache-Control',
        'Vary',
        'RateLimit-Policy',
        'RateLimit',
        'X-RateLimit-Limit',
        'X-RateLimit-Remaining',
        'X-RateLimit-Reset',
      ]
    : [];
