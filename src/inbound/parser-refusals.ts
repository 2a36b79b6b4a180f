/** What Node's own server refuses before it becomes a Fastify request, answered by hand as the problem it is. */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { v7 as uuidv7 } from 'uuid';
import type { Mode } from '../config.js';
import type { Metrics } from '../metering/metrics.js';
import { Problem } from '../problem.js';
import { headersOfRefusal } from './answer-headers.js';
import { pathOf, problemBody } from './answer-problem.js';
import { requestId } from './request-id.js';

/** A whole request (line, fields, body) must have arrived by then; Node answers 408. */
export const REQUEST_TIMEOUT_MS = 30_000;

/** RFC 9110, 10.1.1: `Expect` knows one value, and Node handles that one. */
export function refuseExpectation(mode: Mode, metrics: Metrics) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const problem = new Problem('EXPECTATION_FAILED', 'Expect may only be 100-continue.');
    const id = requestId(request);
    const body = JSON.stringify(problemBody(problem, pathOf(request.url), id));
    response.writeHead(problem.status, headersOfRefusal(id, mode, Buffer.byteLength(body))).end(body);
    metrics.countRefusedRequest(request.method, problem.status);
  };
}

/** For Fastify's `clientErrorHandler`: there is a socket and an error, nothing else. */
export function answerOnSocket(mode: Mode, metrics: Metrics) {
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const problem = problemOf(error.code);
    metrics.countRefusedRequest(undefined, problem.status);
    const id = uuidv7();
    const body = JSON.stringify(problemBody(problem, '/', id));
    const headers = Object.entries(headersOfRefusal(id, mode, Buffer.byteLength(body)));
    socket.end(
      [
        `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
        ...headers.map(([name, value]) => `${name}: ${value}`),
        '',
        body,
      ].join('\r\n'),
    );
  };
}

function problemOf(code: string | undefined): Problem {
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
