/**
 * An Application Load Balancer with multi-value headers enabled on its target group. "Use Lambda functions as targets"
 * and "Quotas" in its guide; the fields' case and the raw query as captured behind real ones.
 */
import { STATUS_CODES } from 'node:http';
import { AnsweredByService } from './answered-by-service.js';
import type { Door, HttpAnswer, HttpRequest } from './door.js';
import { all, endToEnd, grouped, headBytes, lowerCased, objectOf, without } from './fields.js';
import { forwarded } from './forwarded.js';
import { requestBody } from './request-body.js';
import { queryPairs, splitTarget } from './target.js';

/** "The maximum size of the request body that you can send to a Lambda function is 1 MB." */
const BODY_LIMIT_BYTES = 1024 * 1024;
/** "The maximum size of the response JSON that the Lambda function can send is 1 MB." */
const RESULT_LIMIT_BYTES = 1024 * 1024;
/** "Entire request header." */
const HEAD_LIMIT_BYTES = 64 * 1024;
/** "Request line", and "single header". */
const LINE_LIMIT_BYTES = 16 * 1024;

const page = (status: number): HttpAnswer => {
  const title = `${status} ${STATUS_CODES[status]}`;
  return {
    status,
    fields: [
      ['server', 'awselb/2.0'],
      ['content-type', 'text/html'],
    ],
    body: Buffer.from(
      `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`,
    ),
  };
};

export const alb: Door = {
  name: 'ALB',

  toEvent(request: HttpRequest): object {
    const { method, target, fields, body } = request;
    const isLong =
      headBytes(method, target, []) > LINE_LIMIT_BYTES ||
      fields.some(([name, value]) => name.length + value.length > LINE_LIMIT_BYTES) ||
      headBytes(method, target, fields) > HEAD_LIMIT_BYTES;
    // The guide says 400 of a header over a limit, and 414 of a request line.
    if (isLong)
      throw new AnsweredByService(page(headBytes(method, target, []) > LINE_LIMIT_BYTES ? 414 : 400));
    if (body.length > BODY_LIMIT_BYTES) throw new AnsweredByService(page(413));
    const [path, query] = splitTarget(target);
    const added = lowerCased(forwarded(request));
    const replaced = added.map(([name]) => name);
    return {
      requestContext: {
        elb: {
          targetGroupArn:
            'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/functions/1234567890abcdef',
        },
      },
      httpMethod: method,
      path,
      // "If the query parameters are URL-encoded, the load balancer does not decode them."
      multiValueQueryStringParameters: objectOf(grouped(queryPairs(query)), all),
      multiValueHeaders: objectOf(
        grouped([...lowerCased(without(endToEnd(fields), replaced)), ...added]),
        all,
      ),
      ...(body.length > 0 ? requestBody(fields, body) : { body: '', isBase64Encoded: false }),
    };
  },

  toAnswer(result: unknown): HttpAnswer {
    if (Buffer.byteLength(JSON.stringify(result) ?? '') > RESULT_LIMIT_BYTES) return alb.toFailure();
    return toAnswer(result) ?? alb.toFailure();
  },

  toFailure: () => page(502),
};

interface Result {
  statusCode?: unknown;
  statusDescription?: unknown;
  multiValueHeaders?: Record<string, unknown> | null;
  body?: unknown;
  isBase64Encoded?: boolean | null;
}

/** "You must use multiValueHeaders if you have enabled multi-value headers": fields said in `headers` are not seen. */
function toAnswer(result: unknown): HttpAnswer | undefined {
  const { statusCode, statusDescription, multiValueHeaders, body, isBase64Encoded } = (result ??
    {}) as Result;
  const isWhole =
    typeof statusCode === 'number' &&
    /^\d{3} \S/.test(String(statusDescription ?? '200 OK')) &&
    Object.values(multiValueHeaders ?? {}).every(Array.isArray) &&
    typeof (body ?? '') === 'string';
  if (!isWhole) return undefined;
  const fields = Object.entries(multiValueHeaders ?? {}).flatMap(([name, values]) =>
    (values as unknown[]).map((value) => [name.toLowerCase(), String(value)] as const),
  );
  return {
    status: statusCode,
    // "The load balancer does not honor hop-by-hop headers"; "it computes" the length.
    fields: without(endToEnd(fields), ['content-length']),
    body: Buffer.from((body as string | null | undefined) ?? '', isBase64Encoded ? 'base64' : 'utf8'),
  };
}
