/** Application Load Balancers; multi-value headers had better be enabled: else they carry one cookie an answer. */
import { STATUS_CODES } from 'node:http';
import { isIP } from 'node:net';
import type { ALBEvent, ALBResult } from 'aws-lambda';
import { decodeBody } from './decode-body.js';
import { keepEncoded } from './encode-path.js';
import { joinFields } from './join-fields.js';
import { multiValueHeaders } from './multi-value-headers.js';
import type { EventForm } from './plain.js';

/** "The maximum size of the response JSON that the Lambda function can send is 1 MB." */
const LOAD_BALANCER_LIMIT_BYTES = 1024 * 1024;

export const loadBalancer: EventForm<ALBEvent> = {
  resultLimitBytes: LOAD_BALANCER_LIMIT_BYTES,

  isOf(event): event is ALBEvent {
    const { httpMethod, path, requestContext } = event as Partial<ALBEvent>;
    return typeof httpMethod === 'string' && typeof path === 'string' && requestContext?.elb !== undefined;
  },

  toRequest(event) {
    const headers = joinFields(event.multiValueHeaders ?? event.headers);
    const parameters = event.multiValueQueryStringParameters ?? event.queryStringParameters ?? {};
    return {
      method: event.httpMethod,
      path: keepEncoded(event.path),
      // Encoded as it came.
      query: Object.entries(parameters)
        .flatMap(([name, values]) => [values ?? ''].flat().map((value) => `${name}=${value}`))
        .join('&'),
      // Its health check names no host.
      headers: { host: 'load-balancer', ...headers },
      body: decodeBody(event.body, event.isBase64Encoded),
      address: lastHop(headers['x-forwarded-for']),
      isSecure: headers['x-forwarded-proto'] === 'https',
      takenInMs: undefined,
    };
  },

  toResult(answer, event): ALBResult {
    const { statusCode, body, isBase64Encoded } = answer;
    const statusDescription = `${statusCode} ${STATUS_CODES[statusCode] ?? 'Unknown'}`;
    const several = multiValueHeaders(answer);
    if (event.multiValueHeaders)
      return { statusCode, statusDescription, multiValueHeaders: several, body, isBase64Encoded };
    const headers = Object.fromEntries(
      Object.entries(several).map(([name, values]) => [name, values.at(-1) as string]),
    );
    return { statusCode, statusDescription, headers, body, isBase64Encoded };
  },
};

/** What the balancer itself has seen and appended; all before it came with the request. It may be told to add the port. */
function lastHop(forwardedFor: string | undefined): string {
  const hop = forwardedFor?.split(',').at(-1)?.trim() ?? '';
  if (isIP(hop)) return hop;
  const address = hop.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return isIP(address) ? address : '';
}
