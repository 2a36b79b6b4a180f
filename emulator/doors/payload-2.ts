/**
 * Payload format 2.0, which HTTP APIs and Function URLs share: fields in lower case and joined, cookies apart, the
 * query both as it was and decoded, and an answer whose parts may be left to be inferred.
 */
import { randomBytes } from 'node:crypto';
import type { HttpAnswer, HttpRequest } from './door.js';
import { endToEnd, grouped, plainObject, valuesOf } from './fields.js';
import { requestBody } from './request-body.js';
import { traceId } from './trace-id.js';

interface Place {
  accountId: string;
  apiId: string;
  domainName: string;
  rawPath: string;
  requestId: string;
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** The time format of access logs: 12/Mar/2020:19:03:58 +0000. */
export function clfTime(date: Date): string {
  const [day = '', time = ''] = date.toISOString().split('T');
  const [year, month, dayOfMonth] = day.split('-');
  return `${dayOfMonth}/${months[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
}

/** What a decoded path and a decoded query hold where the encoding is broken is not known: they are left alone. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const decodedQueryPart = (text: string): string => decoded(text.replaceAll('+', ' '));

/** The pairs of a query, encoded as they came. */
export const queryPairs = (query: string): [string, string][] =>
  query
    .split('&')
    .filter(Boolean)
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [name, value.join('=')];
    });

/** Path and query of a target in origin or absolute form. */
export function splitTarget(target: string): [path: string, query: string] {
  const origin = target.replace(/^https?:\/\/[^/?]*/i, '');
  const mark = origin.indexOf('?');
  return mark < 0 ? [origin || '/', ''] : [origin.slice(0, mark) || '/', origin.slice(mark + 1)];
}

export function toEvent2(request: HttpRequest, place: Place): Record<string, unknown> {
  const [path, query] = splitTarget(request.target);
  const now = new Date();
  const forwarded = valuesOf(request.fields, 'x-forwarded-for');
  const headers = grouped(
    endToEnd(request.fields).filter(([name]) => name.toLowerCase() !== 'cookie'),
    (name) => name.toLowerCase(),
  );
  if (!headers.has('content-length') && request.body.length > 0)
    headers.set('content-length', [String(request.body.length)]);
  headers.set('host', [place.domainName]);
  if (!headers.has('x-amzn-trace-id')) headers.set('x-amzn-trace-id', [traceId()]);
  headers.set('x-forwarded-for', [[...forwarded, request.sourceIp].join(', ')]);
  headers.set('x-forwarded-port', ['443']);
  headers.set('x-forwarded-proto', ['https']);
  const cookies = valuesOf(request.fields, 'cookie').flatMap((field) => field.split(/; */));
  const parameters = grouped(
    queryPairs(query).map(([name, value]) => [decodedQueryPart(name), decodedQueryPart(value)] as const),
  );
  const joined = (groups: Map<string, string[]>) =>
    plainObject([...groups].map(([name, values]) => [name, values.join(',')] as const));
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: place.rawPath,
    rawQueryString: query,
    ...(cookies.length > 0 && { cookies }),
    headers: joined(headers),
    ...(parameters.size > 0 && { queryStringParameters: joined(parameters) }),
    requestContext: {
      accountId: place.accountId,
      apiId: place.apiId,
      domainName: place.domainName,
      domainPrefix: place.domainName.split('.')[0],
      http: {
        method: request.method,
        // Decoded behind either service.
        path: decoded(path),
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: valuesOf(request.fields, 'user-agent')[0] ?? '',
      },
      requestId: place.requestId,
      routeKey: '$default',
      stage: '$default',
      time: clfTime(now),
      timeEpoch: now.getTime(),
    },
    ...(request.body.length > 0 ? requestBody(request.fields, request.body) : { isBase64Encoded: false }),
  };
}

interface Result2 {
  statusCode: number;
  headers?: Record<string, string | number | boolean> | null;
  cookies?: string[] | null;
  body?: string | null;
  isBase64Encoded?: boolean | null;
}

/**
 * "API Gateway can infer the response format": without a `statusCode`, all that was returned is the body of a 200.
 * @returns undefined where the result is none of either form
 */
export function toAnswer2(result: unknown): HttpAnswer | undefined {
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    const body = typeof result === 'string' ? result : JSON.stringify(result ?? null);
    return { status: 200, fields: [['content-type', 'application/json']], body: Buffer.from(body) };
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = result as Result2;
  if (!Number.isInteger(Number(statusCode)) || statusCode < 100 || statusCode > 599) return undefined;
  if (Object.values(headers ?? {}).some((value) => typeof value === 'object')) return undefined;
  if (typeof (body ?? '') !== 'string') return undefined;
  const fields = Object.entries(headers ?? {}).map(
    ([name, value]) => [name.toLowerCase(), String(value)] as const,
  );
  return {
    status: Number(statusCode),
    fields: [
      ...(fields.some(([name]) => name === 'content-type') || !body
        ? []
        : [['content-type', 'text/plain; charset=utf-8'] as const]),
      ...fields,
      ...(cookies ?? []).map((cookie) => ['set-cookie', cookie] as const),
    ],
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
  };
}

/** As HTTP APIs write theirs: `ATfSmjLgPHcESJw=`. */
export const gatewayRequestId = (): string => randomBytes(11).toString('base64');
