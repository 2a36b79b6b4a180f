/** Runs plain requests through Fastify's router, as serverless-http plays a socket to it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import serverless from 'serverless-http';
import { type RequestLimits, setLimits } from '../../inbound/request-deadline.js';
import { BrokenAnswer } from './broken-answer.js';
import { encodeBody } from './encode-body.js';
import { ofTheConnection } from './of-the-connection.js';
import type { PlainAnswer, PlainRequest } from './plain.js';

/** What serverless-http reads: an event of payload format 2.0, and with it what the request is to know besides. */
interface Event extends Record<string, unknown> {
  request: PlainRequest;
  limits: RequestLimits;
}

/** Always in base64: asked to tell text from bytes, it looks at the fields alone. */
type Result = Omit<PlainAnswer, 'isBase64Encoded'>;

type ServerlessRequest = IncomingMessage & { apiGateway: { event: Event } };

/** @returns what runs one request; @throws BrokenAnswer when its answer was begun and cut off */
export function answerEvents(
  fastify: FastifyInstance,
): (request: PlainRequest, limits: RequestLimits) => Promise<PlainAnswer> {
  const handle = serverless(
    (request: ServerlessRequest, response: ServerResponse) => {
      completeStandIns(request, response);
      // The router itself: handed the instance, serverless-http spoils binary and streamed bodies.
      fastify.routing(request, response);
    },
    { requestId: '', binary: true },
  );
  return async (request, limits) => {
    const { statusCode, headers, cookies, body } = (await handle(toEvent(request, limits), {})) as Result;
    const { 'set-cookie': cookie, ...fields } = headers;
    for (const name of ofTheConnection) delete fields[name];
    return {
      statusCode,
      headers: fields,
      // One alone stays among the fields.
      cookies: cookie === undefined ? cookies : [cookie],
      ...encodeBody(fields, Buffer.from(body, 'base64')),
    };
  };
}

function toEvent(request: PlainRequest, limits: RequestLimits): Event {
  // What came in chunks is whole, and has a length by now.
  const { 'transfer-encoding': _, ...headers } = request.headers;
  return {
    version: '2.0',
    requestContext: { http: { method: request.method, sourceIp: request.address } },
    rawPath: request.path,
    rawQueryString: request.query,
    // serverless-http would set a number; Fastify knows only the text '0' as "no body".
    headers: { ...headers, 'content-length': String(request.body.length) },
    body: request.body,
    request,
    limits,
  };
}

/** What the stand-ins for a request and a response lack. */
function completeStandIns(request: ServerlessRequest, response: ServerResponse): void {
  const { event } = request.apiGateway;
  setLimits(request, event.limits);
  Object.assign(request.socket, { encrypted: event.request.isSecure });
  const setHeader = response.setHeader.bind(response);
  // A body in chunks would be taken apart as text.
  response.setHeader = (name, value) =>
    /^(transfer-encoding|trailer)$/i.test(name) ? response : setHeader(name, value);
  // It takes every string for UTF-8.
  for (const method of ['write', 'end'] as const) {
    const send = response[method].bind(response) as (...given: unknown[]) => never;
    response[method] = (chunk?: unknown, encoding?: unknown, ...rest: unknown[]) =>
      typeof chunk === 'string' && typeof encoding === 'string'
        ? send(Buffer.from(chunk, encoding as BufferEncoding), undefined, ...rest)
        : send(chunk, encoding, ...rest);
  }
  // No connection is there to be cut: who waits for the answer would wait for ever.
  Object.assign(response.socket as object, {
    destroy: (cause?: unknown) =>
      setImmediate(() => {
        if (response.writableFinished) return;
        response.emit('error', new BrokenAnswer(response.getHeaders(), cause, false));
        response.emit('close');
      }),
  });
}
