/** API Gateway's HTTP API, payload format 2.0, default stage. Its quotas: "Quotas for HTTP APIs" in its guide. */
import type { Door, HttpAnswer, HttpRequest } from './door.js';
import { headBytes, valuesOf } from './fields.js';
import { decoded, gatewayRequestId, splitTarget, toAnswer2, toEvent2 } from './payload-2.js';
import { Refusal } from './refusal.js';

/** "Total combined size of request line and header values." */
const HEAD_LIMIT_BYTES = 10_240;
/** "Payload size." */
const PAYLOAD_LIMIT_BYTES = 10 * 1024 * 1024;
const API_ID = 'a1b2c3d4e5';
const DEFAULT_DOMAIN = `${API_ID}.execute-api.us-east-1.amazonaws.com`;

const message = (status: number, text: string): HttpAnswer => ({
  status,
  fields: [['content-type', 'application/json']],
  body: Buffer.from(JSON.stringify({ message: text })),
});

export const apiGatewayV2: Door = {
  name: 'API Gateway v2',

  toEvent(request: HttpRequest): object {
    if (headBytes(request.method, request.target, request.fields) > HEAD_LIMIT_BYTES)
      throw new Refusal(message(431, 'Request Header Fields Too Large'));
    if (request.body.length > PAYLOAD_LIMIT_BYTES)
      throw new Refusal(message(413, 'Request Entity Too Large'));
    const [path] = splitTarget(request.target);
    return toEvent2(request, {
      accountId: '123456789012',
      apiId: API_ID,
      // The custom domain the client called; another domain's Host never comes here.
      domainName: valuesOf(request.fields, 'host')[0] ?? DEFAULT_DOMAIN,
      // Percent-decoded, `%2F` too, and cut at a decoded `?`: so captured behind real HTTP APIs.
      rawPath: decoded(path).split('?', 1)[0] as string,
      requestId: gatewayRequestId(),
    });
  },

  toAnswer: (result) => toAnswer2(result) ?? apiGatewayV2.toFailure(),

  toFailure: () => message(500, 'Internal Server Error'),
};
