/** Fastify as this API wants it: limits with their reasons, and every refusal of its own a problem. */
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest, LogController, type RouteOptions } from 'fastify';
import type { Config } from '../config.js';
import type { Metrics } from '../metering/metrics.js';
import { setAnswerHeaders } from './answer-headers.js';
import { answerProblem } from './answer-problem.js';
import { loggerOptions } from './logger.js';
import { MAX_PARAM_LENGTH } from './max-param-length.js';
import { answerOnSocket, REQUEST_TIMEOUT_MS, refuseExpectation } from './parser-refusals.js';
import { requestId } from './request-id.js';
import { toProblem } from './to-problem.js';

/** A batch of 100 outbound items with bodies comes near it. */
const LARGE_BODY_BYTES = 1024 * 1024;
/** No other body of the API has a tenth of it. Who asks is known after it was read: 1 MiB of JSON would hold the event loop for up to 100 ms. */
const BODY_BYTES = 256 * 1024;
const takesLargeBodies = /^\/(v1\/outbound|sim)(\/|$)/;
/** Longer than an idle load balancer keeps a connection (60 s is usual), so that it, not we, closes first. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** Zod checks what comes in (`ValidationPipe`); ajv and its code generator are never loaded. */
const noSchemas = () => () => {
  throw new Error('routes have no JSON schemas');
};

/** @param worker which of several processes this one is, for the log */
export function createFastifyAdapter(config: Config, metrics: Metrics, worker?: number): FastifyAdapter {
  const adapter = new FastifyAdapter({
    logger: loggerOptions(config, worker),
    // Our own line a request instead of two; see hooks.ts.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: requestId,
    requestIdHeader: false,
    trustProxy: (_address: string, hop: number) => hop < config.trustedProxyHops,
    bodyLimit: LARGE_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // drain.ts ends the connections.
    forceCloseConnections: false,
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    skipMiddie: true,
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    // A URL that cannot be routed: no hook will run for it.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      setAnswerHeaders(request, reply, config.mode);
      const problem = toProblem(error);
      answerProblem(problem, request, reply);
      metrics.countRefusedRequest(request.method, problem.status);
    },
    clientErrorHandler: answerOnSocket(config.mode, metrics),
    // Refused in hooks.ts instead, with a problem.
    http: { requireHostHeader: false },
  });
  const fastify = adapter.getInstance();
  fastify.addHook('onRoute', (route: RouteOptions) => {
    if (!takesLargeBodies.test(route.url)) route.bodyLimit = BODY_BYTES;
  });
  fastify.server.on('checkExpectation', refuseExpectation(config.mode, metrics));
  return adapter;
}
