import { alb } from './alb.js';
import { apiGatewayV1 } from './api-gateway-v1.js';
import { apiGatewayV2 } from './api-gateway-v2.js';
import { functionUrl } from './function-url.js';

/** Every way a request can come to the function. */
export const doors = [apiGatewayV1, apiGatewayV2, alb, functionUrl] as const;
