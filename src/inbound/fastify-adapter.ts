/** Fastify as this API wants it: limits with their reasons, and every refusal of its own a problem. */
import { type IncomingMessage, METHODS, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import type { Config } from '../config.js';
import { Problem } from '../problem.js';
import { answerProblem, problemBody } from './answer-problem.js';
import { loggerOptions } from './logger.js';
import { requestId } from './request-id.js';
import { toProblem } from './to-problem.js';

/** No body of the API comes near it; a batch of 100 outbound items with bodies does. */
const BODY_LIMIT_BYTES = 1024 * 1024;
/** A whole request (line, fields, body) must have arrived by then; Node answers 408. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than an idle load balancer keeps a connection (60 s is usual), so that it, not we, closes first. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** Ids are 36 characters; what is longer is no id of ours but still deserves its 404. */
const MAX_PARAM_LENGTH = 500;

export function createFastifyAdapter(config: Config): FastifyAdapter {
  const adapter = new FastifyAdapter({
    logger: loggerOptions(config.logLevel),
    // Our own line a request instead of two; see hooks.ts.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: requestId,
    requestIdHeader: false,
    trustProxy: (_address: string, hop: number) => hop < config.trustedProxyHops,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // In-flight answers finish, idle connections do not hold up the end.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    skipMiddie: true,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      answerProblem(toProblem(error), request, reply),
    clientErrorHandler: answerOnSocket,
    // Refused in hooks.ts instead, with a problem.
    http: { requireHostHeader: false },
  });
  const fastify = adapter.getInstance();
  // Methods that Node knows and Fastify does not are routed too, so that they can be refused by name.
  for (const method of METHODS.filter(
    (name) => name !== 'CONNECT' && !fastify.supportedMethods.includes(name),
  ))
    fastify.addHttpMethod(method, { hasBody: true });
  fastify.server.on('checkExpectation', refuseExpectation);
  return adapter;
}

/** RFC 9110, 10.1.1: `Expect` knows one value, and Node handles that one. */
function refuseExpectation(request: IncomingMessage, response: ServerResponse): void {
  const problem = new Problem('EXPECTATION_FAILED', 'Expect may only be 100-continue.');
  const id = requestId(request);
  response
    .writeHead(problem.status, { ...headersByHand(id), connection: 'close' })
    .end(JSON.stringify(problemBody(problem, request.url?.split('?', 1)[0] ?? '/', id)));
}

/** For the few answers that Fastify never sees. */
const headersByHand = (id: string) => ({
  'content-type': 'application/problem+json',
  'x-request-id': id,
  'x-process-time': '0',
  'server-timing': 'app;dur=0',
  'x-content-type-options': 'nosniff',
});

/** What Node's parser refuses never becomes a request; the answer is written by hand. */
function answerOnSocket(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = parserProblem(error.code);
  const id = uuidv7();
  const body = JSON.stringify(problemBody(problem, '/', id));
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${problem.title}`,
      'Connection: close',
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...Object.entries(headersByHand(id)).map(([name, value]) => `${name}: ${value}`),
      '',
      body,
    ].join('\r\n'),
  );
}

function parserProblem(code: string | undefined): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Problem('HEADERS_TOO_LARGE', 'Request line and header fields may have 16 KiB in all.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem('REQUEST_TIMEOUT', `A request must arrive within ${REQUEST_TIMEOUT_MS / 1000} s.`);
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new Problem('BODY_TOO_LARGE', 'The chunk extensions are too large.');
    default:
      return new Problem('BAD_REQUEST', 'This is not a well-formed HTTP/1.1 request.');
  }
}
