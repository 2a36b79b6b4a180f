/** API Gateway's HTTP API, payload format 2.0, default stage. Its limits: "Quotas for HTTP APIs" in its guide. */
import { randomBytes } from 'node:crypto';
import { AnsweredByService } from './answered-by-service.js';
import type { Door, Fields, HttpAnswer, HttpRequest } from './door.js';
import { endToEnd, headBytes, valuesOf } from './fields.js';
import { isEventTooLarge } from './invocation-limits.js';
import { jsonAnswer } from './json-answer.js';
import { toAnswer2, toEvent2 } from './payload-2.js';
import { percentDecoded, splitTarget } from './target.js';

/** "Total combined size of request line and header values." */
const HEAD_LIMIT_BYTES = 10_240;
/** "Payload size." */
const PAYLOAD_LIMIT_BYTES = 10 * 1024 * 1024;
const API_ID = 'a1b2c3d4e5';

/** Its own answers; that a larger event than Lambda takes is 413 here too is an assumption from REST APIs. */
const message = (status: number, text: string): HttpAnswer =>
  jsonAnswer(status, JSON.stringify({ message: text }));

/**
 * "API Gateway adds the Content-type header to your request if there is no payload and the Content-Length is 0"
 * ("Important notes for HTTP APIs"); which type, AWS's own test tool says.
 */
const addedType = ({ fields, body }: HttpRequest): Fields =>
  body.length === 0 &&
  valuesOf(fields, 'content-length').includes('0') &&
  valuesOf(fields, 'content-type').length === 0
    ? [['content-type', 'text/plain; charset=utf-8']]
    : [];

export const apiGatewayV2: Door = {
  name: 'API Gateway v2',

  toEvent(request: HttpRequest): object {
    if (headBytes(request.method, request.target, request.fields) > HEAD_LIMIT_BYTES)
      throw new AnsweredByService(message(431, 'Request Header Fields Too Large'));
    if (request.body.length > PAYLOAD_LIMIT_BYTES)
      throw new AnsweredByService(message(413, 'Request Entity Too Large'));
    const [path] = splitTarget(request.target);
    const event = toEvent2(request, {
      accountId: '123456789012',
      apiId: API_ID,
      // A custom domain. What another Host names never comes here.
      domainName: valuesOf(request.fields, 'host')[0] ?? `${API_ID}.execute-api.us-east-1.amazonaws.com`,
      requestId: randomBytes(11).toString('base64'),
      // Percent-decoded, `%2F` too, and cut at a decoded `?`: so captured behind real HTTP APIs.
      rawPath: percentDecoded(path).split('?', 1)[0] as string,
      adds: addedType(request),
      keepsCookieField: false,
    });
    if (isEventTooLarge(event)) throw new AnsweredByService(message(413, 'Request Entity Too Large'));
    return event;
  },

  /**
   * Hands WWW-Authenticate on: the guide speaks of renaming for REST APIs alone. (One report has seen it renamed here too.)
   */
  toAnswer(result: unknown): HttpAnswer {
    const answer = toAnswer2(result, 'text/plain; charset=utf-8');
    return answer ? { ...answer, fields: endToEnd(answer.fields) } : apiGatewayV2.toFailure();
  },

  toFailure: () => message(500, 'Internal Server Error'),
};
