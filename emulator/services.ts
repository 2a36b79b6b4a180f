/** The services that can stand before a function, by the name of their door: what a caller meets besides the door. */
import type { FrontDoor } from '../src/cost/lambda-lines.js';
import { alb } from './doors/alb.js';
import { apiGatewayV1 } from './doors/api-gateway-v1.js';
import { apiGatewayV2 } from './doors/api-gateway-v2.js';
import type { Door, HttpAnswer } from './doors/door.js';
import { functionUrl, functionUrlStreaming } from './doors/function-url.js';
import { jsonAnswer } from './doors/json-answer.js';

export interface Service {
  door: Door;
  price: FrontDoor;
  /** How long it waits for the function, and what it says then; the function runs on. */
  patience?: { ms: number; answer: HttpAnswer };
  /** What it makes of TooManyRequestsException. */
  throttled: HttpAnswer;
}

/** Beyond the function's reserved concurrency, of either Function URL. */
const throttledUrl = jsonAnswer(
  429,
  '{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}',
);

export const services: Record<string, Service> = {
  'api-gateway-v2': {
    door: apiGatewayV2,
    price: 'http-api',
    // Not configurable ("Quotas for HTTP APIs"); both answers as people have met them.
    patience: { ms: 30_000, answer: jsonAnswer(503, '{"message":"Service Unavailable"}') },
    throttled: jsonAnswer(503, '{"message":"Service Unavailable"}'),
  },
  'api-gateway-v1': {
    door: apiGatewayV1,
    price: 'rest-api',
    // The default; INTEGRATION_TIMEOUT in "Gateway response types".
    patience: { ms: 29_000, answer: jsonAnswer(504, '{"message": "Endpoint request timed out"}') },
    // "If the Lambda API rejects the invocation request, API Gateway returns a 500 error code."
    throttled: jsonAnswer(500, '{"message": "Internal server error"}'),
  },
  // Its access log tells LambdaThrottled from other failures, its answer does not.
  alb: { door: alb, price: 'alb', throttled: alb.toFailure() },
  'function-url': { door: functionUrl, price: 'function-url', throttled: throttledUrl },
  'function-url-stream': { door: functionUrlStreaming, price: 'function-url', throttled: throttledUrl },
};
