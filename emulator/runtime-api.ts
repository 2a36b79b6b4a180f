/**
 * The Lambda Runtime API (2018-06-01) of one process: it hands out one event at a time and takes what becomes of it.
 * A streamed answer goes to whoever invoked it for one; for others it is read to its end, like any.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Deferred } from './deferred.js';
import { RESULT_LIMIT_BYTES } from './doors/invocation-limits.js';
import type { OnStream } from './streamed-response.js';
import { streamErrorOf, takeStream } from './take-stream.js';

export interface Invocation {
  requestId: string;
  deadlineMs: number;
  functionArn: string;
  traceId: string;
  /** JSON. */
  event: string;
}

/** What the runtime says of an event, or of its INIT: JSON; of a streamed answer that is whole, nothing. */
export interface Posted {
  kind: 'response' | 'error';
  payload: string;
}

interface ErrorAnswer {
  status: number;
  errorType: string;
  errorMessage: string;
}

const unknownId: ErrorAnswer = {
  status: 400,
  errorType: 'InvalidRequestID',
  errorMessage: 'Invalid request ID',
};
const wrongMode: ErrorAnswer = {
  status: 400,
  errorType: 'InvalidFunctionResponseMode',
  errorMessage: 'Invalid function response mode',
};
const tooLarge: ErrorAnswer = {
  status: 413,
  errorType: 'RequestEntityTooLarge',
  errorMessage: `Exceeded maximum allowed payload size (${RESULT_LIMIT_BYTES} bytes).`,
};
const notFound: ErrorAnswer = { status: 404, errorType: 'NotFound', errorMessage: 'Not found' };

export class RuntimeApi {
  readonly #server: Server;
  readonly #initError = new Deferred<Posted>();
  #asked = new Deferred<void>();
  /** The runtime's request for the next event. */
  #waiting: ServerResponse | undefined;
  #current: { requestId: string; posted: Deferred<Posted>; onStream: OnStream | undefined } | undefined;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: Error) => response.destroy(error));
    });
    // A frozen process answers nothing for as long as it is frozen.
    Object.assign(this.#server, { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 });
  }

  /** On a free port of the loopback address. Close it. */
  static async open(): Promise<RuntimeApi> {
    const api = new RuntimeApi();
    api.#server.listen(0, '127.0.0.1').unref();
    await once(api.#server, 'listening');
    return api;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves when the runtime asks for the next event; the first time, that ends its INIT. */
  asked(): Promise<void> {
    return this.#asked.promise;
  }

  /** Resolves if INIT has failed and the runtime says why. */
  initError(): Promise<Posted> {
    return this.#initError.promise;
  }

  /**
   * Hands the event to the runtime, which must have asked. Resolves with what becomes of it.
   * @param onStream is given what the function streams, if it does
   */
  give(
    { requestId, deadlineMs, functionArn, traceId, event }: Invocation,
    onStream?: OnStream,
  ): Promise<Posted> {
    if (!this.#waiting) throw new Error('The runtime has not asked for an event.');
    this.#waiting.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(event),
      'lambda-runtime-aws-request-id': requestId,
      'lambda-runtime-deadline-ms': deadlineMs,
      'lambda-runtime-invoked-function-arn': functionArn,
      'lambda-runtime-trace-id': traceId,
    });
    this.#waiting.end(event);
    this.#waiting = undefined;
    this.#asked = new Deferred();
    this.#current = { requestId, posted: new Deferred(), onStream };
    return this.#current.posted.promise;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = `${request.method} ${request.url}`;
    if (route === 'GET /2018-06-01/runtime/invocation/next') {
      this.#waiting = response;
      this.#asked.resolve();
      return;
    }
    const [, id, kind] =
      /^POST \/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/.exec(route) ?? [];
    const current = id !== undefined && id === this.#current?.requestId ? this.#current : undefined;
    const mode = request.headers['lambda-runtime-function-response-mode'];
    if (current?.onStream && kind === 'response' && mode === 'streaming') {
      this.#current = undefined;
      const failure = await takeStream(request, current.onStream);
      current.posted.resolve(failure ?? { kind: 'response', payload: '' });
      return answer(response, 202, { status: 'OK' });
    }
    const { text, isWhole } = await read(request);
    if (route === 'POST /2018-06-01/runtime/init/error') {
      this.#initError.resolve({ kind: 'error', payload: text });
      return answer(response, 202, { status: 'OK' });
    }
    if (!kind) return refuse(response, notFound);
    if (!current || current !== this.#current) return refuse(response, unknownId);
    if (mode !== undefined && mode !== 'streaming') return refuse(response, wrongMode);
    this.#current = undefined;
    if (isWhole)
      current.posted.resolve(streamErrorOf(request) ?? { kind: kind as Posted['kind'], payload: text });
    else current.posted.resolve({ kind: 'error', payload: responseTooLarge });
    return isWhole ? answer(response, 202, { status: 'OK' }) : refuse(response, tooLarge);
  }
}

const responseTooLarge = JSON.stringify({
  errorType: 'Function.ResponseSizeTooLarge',
  errorMessage: `Response payload size exceeded maximum allowed payload size (${RESULT_LIMIT_BYTES} bytes).`,
});

/** Reads to the end and keeps no more than may be. */
async function read(request: IncomingMessage): Promise<{ text: string; isWhole: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= RESULT_LIMIT_BYTES) chunks.push(chunk);
  }
  return { text: Buffer.concat(chunks).toString(), isWhole: bytes <= RESULT_LIMIT_BYTES };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const refuse = (response: ServerResponse, { status, ...body }: ErrorAnswer): void =>
  answer(response, status, body);
