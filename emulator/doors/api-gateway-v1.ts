/**
 * API Gateway's REST API, regional, with Lambda proxy integration on `/{proxy+}`, a stage, and any media type as binary
 * (else it would spoil compressed and binary bodies). Its limits: "Quotas for REST APIs" in its guide;
 * what else it changes: "Important notes for REST APIs" there.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { AnsweredByService } from './answered-by-service.js';
import { clfTime } from './clf-time.js';
import type { Door, HttpAnswer, HttpRequest } from './door.js';
import {
  all,
  endToEnd,
  grouped,
  headBytes,
  last,
  lowerCased,
  objectOf,
  valuesOf,
  without,
  withRemapped,
} from './fields.js';
import { forwarded } from './forwarded.js';
import { isEventTooLarge } from './invocation-limits.js';
import { jsonAnswer } from './json-answer.js';
import { formDecoded, queryPairs, splitTarget } from './target.js';

/** "Total combined size of all header values." */
const HEAD_LIMIT_BYTES = 10_240;
/** "Payload size." */
const PAYLOAD_LIMIT_BYTES = 10 * 1024 * 1024;
const API_ID = 'v1b2c3d4e5';
const STAGE = 'live';

/** Written with a space after the colon, unlike an HTTP API's. */
const message = (status: number, text: string): HttpAnswer => jsonAnswer(status, `{"message": "${text}"}`);

export const apiGatewayV1: Door = {
  name: 'API Gateway v1',

  toEvent(request: HttpRequest): object {
    if (headBytes('', '', request.fields) > HEAD_LIMIT_BYTES)
      throw new AnsweredByService(message(431, 'Request Header Fields Too Large'));
    if (request.body.length > PAYLOAD_LIMIT_BYTES)
      throw new AnsweredByService({
        status: 413,
        fields: [['content-type', 'text; charset=utf-8']],
        body: Buffer.from(`HTTP content length exceeded ${PAYLOAD_LIMIT_BYTES} bytes.`),
      });
    const event = toEvent1(request);
    if (isEventTooLarge(event)) throw new AnsweredByService(message(413, 'Request Too Long'));
    return event;
  },

  toAnswer: (result) => toAnswer1(result) ?? apiGatewayV1.toFailure(),

  toFailure: () => message(502, 'Internal server error'),
};

function toEvent1(request: HttpRequest): object {
  const [path, query] = splitTarget(request.target);
  const now = new Date();
  const domainName = valuesOf(request.fields, 'host')[0] ?? `${API_ID}.execute-api.us-east-1.amazonaws.com`;
  const added = [['Host', domainName] as const, ...forwarded(request)];
  // Content-Length is not handed on. Names keep their case, and those that differ in it stay two.
  const replaced = ['content-length', ...lowerCased(added).map(([name]) => name)];
  const headers = grouped([...without(endToEnd(request.fields), replaced), ...added]);
  // "The semicolon character (;) is not supported for any request URL query string and results in the data being split."
  const parameters = grouped(
    queryPairs(query, /[&;]/).map(([name, value]) => [formDecoded(name), formDecoded(value)]),
  );
  const hasBody = request.body.length > 0;
  return {
    resource: '/{proxy+}',
    // Encoded as it came, without the stage.
    path,
    httpMethod: request.method,
    headers: objectOf(headers, last),
    multiValueHeaders: objectOf(headers, all),
    queryStringParameters: parameters.size > 0 ? objectOf(parameters, last) : null,
    multiValueQueryStringParameters: parameters.size > 0 ? objectOf(parameters, all) : null,
    pathParameters: path === '/' ? null : { proxy: path.slice(1) },
    stageVariables: null,
    requestContext: {
      resourceId: 'r1s2t3',
      resourcePath: '/{proxy+}',
      httpMethod: request.method,
      extendedRequestId: randomBytes(11).toString('base64'),
      requestTime: clfTime(now),
      path: `/${STAGE}${path}`,
      accountId: '123456789012',
      protocol: 'HTTP/1.1',
      stage: STAGE,
      domainPrefix: domainName.split('.')[0],
      requestTimeEpoch: now.getTime(),
      requestId: randomUUID(),
      identity: {
        cognitoIdentityPoolId: null,
        accountId: null,
        cognitoIdentityId: null,
        caller: null,
        sourceIp: request.sourceIp,
        principalOrgId: null,
        accessKey: null,
        cognitoAuthenticationType: null,
        cognitoAuthenticationProvider: null,
        userArn: null,
        userAgent: valuesOf(request.fields, 'user-agent')[0] ?? null,
        user: null,
      },
      domainName,
      apiId: API_ID,
    },
    body: hasBody ? request.body.toString('base64') : null,
    isBase64Encoded: hasBody,
  };
}

interface Result1 {
  statusCode?: unknown;
  headers?: Record<string, unknown> | null;
  multiValueHeaders?: Record<string, unknown[]> | null;
  body?: unknown;
  isBase64Encoded?: boolean | null;
}

/** Nothing is inferred: a result of another form is a "malformed Lambda proxy response", 502. */
function toAnswer1(result: unknown): HttpAnswer | undefined {
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = (result ?? {}) as Result1;
  const isWhole =
    Number.isInteger(Number(statusCode ?? Number.NaN)) &&
    Object.values(headers ?? {}).every((value) => typeof value !== 'object') &&
    Object.values(multiValueHeaders ?? {}).every(Array.isArray) &&
    typeof (body ?? '') === 'string';
  if (!isWhole) return undefined;
  const several = Object.entries(multiValueHeaders ?? {}).flatMap(([name, values]) =>
    values.map((value) => [name, String(value)] as const),
  );
  // Merged into one list; the same pair in both counts once.
  const single = Object.entries(headers ?? {})
    .map(([name, value]) => [name, String(value)] as const)
    .filter(([name, value]) => !several.some((other) => other[0] === name && other[1] === value));
  const fields = [...single, ...several];
  const hasType = valuesOf(fields, 'content-type').length > 0;
  return {
    status: Number(statusCode),
    fields: withRemapped(
      endToEnd([...(hasType ? [] : [['content-type', 'application/json'] as const]), ...fields]),
    ),
    body: Buffer.from((body as string | null | undefined) ?? '', isBase64Encoded ? 'base64' : 'utf8'),
  };
}
