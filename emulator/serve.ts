/** HTTP in, a function behind one of AWS's services, HTTP out. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnsweredByService } from './doors/answered-by-service.js';
import type { HttpAnswer, HttpRequest } from './doors/door.js';
import { passThrough } from './doors/pass-through.js';
import type { InvocationResult } from './execution-environment.js';
import { type FunctionInstances, TooManyRequests } from './function-instances.js';
import { isStreaming, serveStreaming } from './serve-streaming.js';
import type { Service } from './services.js';

/** More than any service takes: it shall answer by itself. */
const MAX_HEAD_BYTES = 80 * 1024;

/** One request, when its invocation is over too. */
export interface Served {
  method: string;
  path: string;
  status: number;
  /** Undefined: the service answered without the function. */
  result: InvocationResult | undefined;
  /** The larger of what came and what went. */
  payloadBytes: number;
}

/** @returns a server that does not listen yet */
export function serve(
  service: Service,
  instances: FunctionInstances,
  onServed: (served: Served) => void,
): Server {
  const server = createServer({ maxHeaderSize: MAX_HEAD_BYTES }, (incoming, response) => {
    answer(service, instances, incoming, response, (answered) => {
      // While it closes it waits for connections that are kept.
      response.shouldKeepAlive &&= server.listening;
      return send(response, answered, service);
    }).then(onServed, (error: Error) => response.destroy(error));
  });
  return server;
}

async function answer(
  service: Service,
  instances: FunctionInstances,
  incoming: IncomingMessage,
  response: ServerResponse,
  sendBack: (answered: HttpAnswer) => HttpAnswer,
): Promise<Served> {
  const request = await read(incoming);
  const path = request.target.split('?', 1)[0] as string;
  if (isStreaming(service)) {
    const { bytes, ...rest } = await serveStreaming(service, instances, request, response, sendBack);
    return { method: request.method, path, ...rest, payloadBytes: Math.max(request.body.length, bytes) };
  }
  let invocation: Promise<InvocationResult> | undefined;
  const answered = await passThrough(service.door, request, async (event) => {
    invocation = instances.invoke(event);
    const { functionError, payload } = await inTime(service, invocation);
    if (functionError) throw new Error(payload);
    return JSON.parse(payload);
  });
  const { status, body } = sendBack(answered);
  return {
    method: request.method,
    path,
    status,
    result: await invocation?.catch(() => undefined),
    payloadBytes: Math.max(request.body.length, body.length),
  };
}

async function read(incoming: IncomingMessage): Promise<HttpRequest> {
  const { rawHeaders } = incoming;
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return {
    method: incoming.method as string,
    target: incoming.url as string,
    fields: rawHeaders.flatMap((name, index) =>
      index % 2 === 0 ? [[name, rawHeaders[index + 1] as string] as const] : [],
    ),
    body: Buffer.concat(chunks),
    sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
  };
}

/** The result, or what the service says instead. @throws AnsweredByService */
async function inTime(
  { patience, throttled }: Service,
  invocation: Promise<InvocationResult>,
): Promise<InvocationResult> {
  const timer = new AbortController();
  const late = patience && sleep(patience.ms, 'late' as const, { signal: timer.signal });
  try {
    const first = await Promise.race([invocation, ...(late ? [late] : [])]);
    if (first === 'late') throw new AnsweredByService((patience as { answer: HttpAnswer }).answer);
    return first;
  } catch (error) {
    throw error instanceof TooManyRequests ? new AnsweredByService(throttled) : error;
  } finally {
    timer.abort();
  }
}

/** @returns what was sent: not what the function meant, if that cannot be said in HTTP */
function send(response: ServerResponse, wanted: HttpAnswer, { door }: Service): HttpAnswer {
  try {
    write(response, wanted);
    return wanted;
  } catch {
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    const failure = door.toFailure();
    write(response, failure);
    return failure;
  }
}

function write(response: ServerResponse, { status, fields, body }: HttpAnswer): void {
  for (const [name, value] of fields) response.appendHeader(name, value);
  response.statusCode = status;
  // With the head left to it, Node.js says the body's length.
  response.end(body);
}
