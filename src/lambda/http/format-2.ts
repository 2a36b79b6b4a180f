/** Payload format 2.0: HTTP APIs and Function URLs. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { decodeBody } from './decode-body.js';
import { encodeDecoded, keepEncoded } from './encode-path.js';
import { joinFields } from './join-fields.js';
import { type EventForm, type PlainRequest, RESULT_LIMIT_BYTES } from './plain.js';

/** Function URLs have no other domain; HTTP APIs may have any. */
const functionUrl = /\.lambda-url\.[a-z0-9-]+\.on\.aws$/;

export const format2: EventForm<APIGatewayProxyEventV2> = {
  resultLimitBytes: RESULT_LIMIT_BYTES,

  isOf(event): event is APIGatewayProxyEventV2 {
    const { version, rawPath, requestContext } = event as Partial<APIGatewayProxyEventV2>;
    return (
      version === '2.0' && typeof rawPath === 'string' && typeof requestContext?.http?.method === 'string'
    );
  },

  toRequest({
    rawPath,
    rawQueryString,
    headers: given,
    cookies,
    body: text,
    isBase64Encoded,
    requestContext,
  }) {
    const { domainName, http, timeEpoch } = requestContext;
    const isHttpApi = !functionUrl.test(domainName ?? '');
    const headers: PlainRequest['headers'] = {
      ...(domainName && { host: domainName }),
      ...joinFields(given),
      ...(cookies && cookies.length > 0 && { cookie: cookies.join('; ') }),
    };
    const body = decodeBody(text, isBase64Encoded);
    // HTTP APIs give an empty body a type, as if somebody had sent text; one that the caller sent cannot be told from it.
    if (isHttpApi && body.length === 0) delete headers['content-type'];
    return {
      method: http.method,
      // HTTP APIs decode the path, Function URLs leave it as it came.
      path: isHttpApi ? encodeDecoded(rawPath) : keepEncoded(rawPath),
      query: rawQueryString ?? '',
      headers,
      body,
      address: http.sourceIp ?? '',
      isSecure: true,
      takenInMs: timeEpoch,
    };
  },

  toResult: ({ headers, cookies, statusCode, body, isBase64Encoded }): APIGatewayProxyStructuredResultV2 => ({
    statusCode,
    headers,
    cookies,
    body,
    isBase64Encoded,
  }),
};
