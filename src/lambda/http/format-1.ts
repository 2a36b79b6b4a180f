/** Payload format 1.0: REST APIs, and HTTP APIs that were set to it. */
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { decodeBody } from './decode-body.js';
import { encodeDecoded, keepEncoded } from './encode-path.js';
import { joinFields } from './join-fields.js';
import { multiValueHeaders } from './multi-value-headers.js';
import { type EventForm, RESULT_LIMIT_BYTES } from './plain.js';

const encode = (text: string) => encodeURIComponent(text.toWellFormed());

export const format1: EventForm<APIGatewayProxyEvent> = {
  resultLimitBytes: RESULT_LIMIT_BYTES,

  isOf(event): event is APIGatewayProxyEvent {
    const { httpMethod, path, requestContext } = event as Partial<APIGatewayProxyEvent>;
    return (
      typeof httpMethod === 'string' &&
      typeof path === 'string' &&
      typeof requestContext === 'object' &&
      requestContext !== null
    );
  },

  toRequest(event) {
    const { domainName, identity, requestTimeEpoch } = event.requestContext;
    const parameters = event.multiValueQueryStringParameters ?? event.queryStringParameters ?? {};
    // An HTTP API says its format's version, and decodes the path in this one too.
    const isHttpApi = 'version' in event && event.version === '1.0';
    return {
      method: event.httpMethod,
      path: (isHttpApi ? encodeDecoded : keepEncoded)(event.path),
      // Decoded on the way.
      query: Object.entries(parameters)
        .flatMap(([name, values]) => [values ?? ''].flat().map((value) => `${encode(name)}=${encode(value)}`))
        .join('&'),
      headers: {
        ...(domainName && { host: domainName }),
        ...joinFields(event.multiValueHeaders ?? event.headers),
      },
      body: decodeBody(event.body, event.isBase64Encoded),
      address: identity?.sourceIp ?? '',
      isSecure: true,
      takenInMs: requestTimeEpoch,
    };
  },

  toResult: (answer): APIGatewayProxyResult => ({
    statusCode: answer.statusCode,
    multiValueHeaders: multiValueHeaders(answer),
    body: answer.body,
    isBase64Encoded: answer.isBase64Encoded,
  }),
};
