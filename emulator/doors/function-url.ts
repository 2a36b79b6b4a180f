/** A Function URL, auth type NONE, buffered or streaming: payload format 2.0 with differences, captured behind real ones. */
import { randomUUID } from 'node:crypto';
import { AnsweredByService } from './answered-by-service.js';
import type { Door, HttpAnswer, HttpRequest, StreamingDoor } from './door.js';
import { endToEnd, withRemapped } from './fields.js';
import { isEventTooLarge } from './invocation-limits.js';
import { jsonAnswer } from './json-answer.js';
import { toAnswer2, toEvent2 } from './payload-2.js';
import { splitTarget } from './target.js';

const URL_ID = 'abcdefghijklmnopqrstuvwxyz012345';
/** Its only name: a request for another host does not reach it. */
export const FUNCTION_URL_DOMAIN = `${URL_ID}.lambda-url.us-east-1.on.aws`;

// The statuses of its own answers are documented ("Monitoring function URLs"), the bodies are not.
export const functionUrl: Door = {
  name: 'Function URL',

  toEvent(request: HttpRequest): object {
    const event = toEvent2(request, {
      accountId: 'anonymous',
      apiId: URL_ID,
      domainName: FUNCTION_URL_DOMAIN,
      requestId: randomUUID(),
      // As it came; `requestContext.http.path` alone is decoded.
      rawPath: splitTarget(request.target)[0],
      adds: [
        ['x-amzn-tls-cipher-suite', 'TLS_AES_128_GCM_SHA256'],
        ['x-amzn-tls-version', 'TLSv1.3'],
      ],
      keepsCookieField: true,
    });
    if (isEventTooLarge(event))
      throw new AnsweredByService(jsonAnswer(413, '{"Message":"Request Entity Too Large"}'));
    return event;
  },

  toAnswer(result: unknown): HttpAnswer {
    const answer = toAnswer2(result, 'application/json');
    return answer ? { ...answer, fields: withRemapped(endToEnd(answer.fields)) } : functionUrl.toFailure();
  },

  toFailure: () => jsonAnswer(502, 'Internal Server Error'),
};

/**
 * With the invoke mode RESPONSE_STREAM. What a function fails with before it has sent anything is the same 502 as of a
 * buffered one; that fields are renamed as there, and what is said of an answer without a type, is assumed.
 */
export const functionUrlStreaming: StreamingDoor = {
  ...functionUrl,
  name: 'Function URL, streaming',

  toHead(prelude: unknown) {
    const answer = toAnswer2(prelude, 'application/octet-stream');
    if (!answer) throw new Error('The prelude is of no known form.');
    return { status: answer.status, fields: withRemapped(endToEnd(answer.fields)) };
  },

  /** A function that does not stream: the mode takes all that it returns for the body. */
  toAnswer: (result: unknown): HttpAnswer => jsonAnswer(200, JSON.stringify(result)),
};
