/**
 * Payload format 2.0, which HTTP APIs and Function URLs share: names in lower case, several values joined, cookies
 * apart, the query both as it was and decoded, and an answer whose parts may be left to be inferred.
 */
import { clfTime } from './clf-time.js';
import type { HttpAnswer, HttpRequest } from './door.js';
import { endToEnd, grouped, joined, lowerCased, objectOf, valuesOf, without } from './fields.js';
import { forwarded } from './forwarded.js';
import { requestBody } from './request-body.js';
import { formDecoded, percentDecoded, queryPairs, splitTarget } from './target.js';

interface Place {
  accountId: string;
  apiId: string;
  domainName: string;
  requestId: string;
  rawPath: string;
  /** HTTP APIs take the Cookie field out, Function URLs leave it in as well. */
  keepsCookieField: boolean;
}

export function toEvent2(request: HttpRequest, place: Place): object {
  const [path, query] = splitTarget(request.target);
  const now = new Date();
  const added = [['host', place.domainName] as const, ...lowerCased(forwarded(request))];
  const replaced = [...added.map(([name]) => name), ...(place.keepsCookieField ? [] : ['cookie'])];
  const headers = grouped([...lowerCased(without(endToEnd(request.fields), replaced)), ...added]);
  // A body that came in chunks has a length by now.
  if (request.body.length > 0) headers.set('content-length', [String(request.body.length)]);
  const cookies = valuesOf(request.fields, 'cookie').flatMap((field) => field.split(/; */));
  const parameters = grouped(
    queryPairs(query).map(([name, value]) => [formDecoded(name), formDecoded(value)]),
  );
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: place.rawPath,
    rawQueryString: query,
    ...(cookies.length > 0 && { cookies }),
    headers: objectOf(headers, joined),
    ...(parameters.size > 0 && { queryStringParameters: objectOf(parameters, joined) }),
    requestContext: {
      accountId: place.accountId,
      apiId: place.apiId,
      domainName: place.domainName,
      domainPrefix: place.domainName.split('.')[0],
      http: {
        method: request.method,
        // Decoded behind either service.
        path: percentDecoded(path),
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
  headers?: Record<string, unknown> | null;
  cookies?: string[] | null;
  body?: string | null;
  isBase64Encoded?: boolean | null;
}

const isStatus = (status: unknown): boolean =>
  Number.isInteger(Number(status)) && Number(status) >= 100 && Number(status) <= 599;

/**
 * "API Gateway can infer the response format": without a `statusCode`, all that was returned is the body of a 200.
 * @param defaultType where the function said none, though the answer be empty (so AWS's own test tool, held against real ones)
 * @returns undefined where the result is of neither form
 */
export function toAnswer2(result: unknown, defaultType: string): HttpAnswer | undefined {
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    const body = typeof result === 'string' ? result : JSON.stringify(result ?? null);
    return { status: 200, fields: [['content-type', 'application/json']], body: Buffer.from(body) };
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = result as Result2;
  // A field has one value here: there is no way to say a list but in `cookies`.
  const isOneValueEach = Object.values(headers ?? {}).every((value) => typeof value !== 'object');
  if (!isStatus(statusCode) || !isOneValueEach || typeof (body ?? '') !== 'string') return undefined;
  const fields = lowerCased(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]));
  const hasType = valuesOf(fields, 'content-type').length > 0;
  return {
    status: Number(statusCode),
    fields: [
      ...(hasType ? [] : [['content-type', defaultType] as const]),
      ...fields,
      ...(cookies ?? []).map((cookie) => ['set-cookie', cookie] as const),
    ],
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
  };
}
