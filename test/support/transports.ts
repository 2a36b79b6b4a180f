/** Three doors to one application: what is promised must hold through each of them. */
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InjectOptions } from 'fastify';
import serverless from 'serverless-http';

export type Fields = Record<string, string | string[]>;

export interface Call {
  method?: string;
  /** Path and query, as they go over the wire. */
  path: string;
  headers?: Fields;
  /** Text and bytes go as they are, anything else as JSON. */
  body?: unknown;
}

/** Whatever JSON an answer holds; tests look into it freely. */
// biome-ignore lint/suspicious/noExplicitAny: a typed copy of every schema would only repeat them
export type Json = any;

export interface Answer {
  status: number;
  /** By lower-case name; several fields of one name are joined. `set-cookie` is in `cookies`. */
  headers: Record<string, string | undefined>;
  cookies: string[];
  text: string;
  /** Undefined where the body is no JSON. */
  json: Json;
}

/** Sends one request and resolves with its whole answer, whatever the status. */
export type Door = (call: Call) => Promise<Answer>;

export interface Transport {
  name: string;
  open(app: NestFastifyApplication): Promise<{ call: Door; close(): Promise<void> }>;
}

interface Wire {
  method: string;
  headers: Fields;
  payload: string | Buffer | undefined;
}

const hasType = (headers: Fields): boolean =>
  Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');

function toWire({ method, headers = {}, body }: Call): Wire {
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body) || body === undefined;
  return {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers:
      body === undefined || hasType(headers) ? headers : { 'content-type': 'application/json', ...headers },
    payload: isRaw ? (body as string | Buffer | undefined) : JSON.stringify(body),
  };
}

function toAnswer(
  status: number,
  fields: IncomingHttpHeaders | Record<string, unknown>,
  body: string,
): Answer {
  const { 'set-cookie': cookies = [], ...rest } = fields as IncomingHttpHeaders;
  const headers = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, value && String(value)]),
  );
  return { status, headers, cookies: [cookies].flat(), text: body, json: parse(body) };
}

function parse(body: string): Json {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const inject: Transport = {
  name: 'inject',
  open: async (app) => ({
    call: async (call) => {
      const { method, headers, payload } = toWire(call);
      const answer = await app.inject({
        method: method as InjectOptions['method'],
        url: call.path,
        headers,
        ...(payload !== undefined && { payload }),
      } as InjectOptions);
      return toAnswer(answer.statusCode, answer.headers, answer.body);
    },
    close: async () => undefined,
  }),
};

/** A real request; the path is sent as it stands, however odd. */
export async function callOverSocket(port: number, call: Call, agent?: Agent): Promise<Answer> {
  const { method, headers, payload } = toWire(call);
  const outgoing = request({ host: '127.0.0.1', port, method, path: call.path, headers, agent });
  const answered = new Promise<Answer>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      text(incoming).then(
        (body) => resolve(toAnswer(incoming.statusCode ?? 0, incoming.headers, body)),
        reject,
      );
    });
  });
  outgoing.end(payload);
  return answered;
}

const socket: Transport = {
  name: 'socket',
  open: async (app) => {
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as { port: number };
    const agent = new Agent({ keepAlive: true });
    return {
      call: (call) => callOverSocket(port, call, agent),
      close: async () => agent.destroy(),
    };
  },
};

/** API Gateway's payload format 2.0: fields of one name joined, cookies apart, the body as text or base64. */
function toEvent(call: Call): object {
  const { method, headers, payload } = toWire(call);
  const [rawPath = '/', ...query] = call.path.split('?');
  const fields = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    [value].flat().join(', '),
  ]);
  const { cookie, ...rest } = Object.fromEntries(fields) as Record<string, string>;
  const isBinary = Buffer.isBuffer(payload);
  return {
    version: '2.0',
    rawPath,
    rawQueryString: query.join('?'),
    headers: { host: 'api.example.org', 'content-length': String(Buffer.byteLength(payload ?? '')), ...rest },
    ...(cookie !== undefined && { cookies: cookie.split('; ') }),
    requestContext: { http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' } },
    body: isBinary ? payload.toString('base64') : (payload ?? ''),
    isBase64Encoded: isBinary,
  };
}

interface EventAnswer {
  statusCode: number;
  headers: Record<string, string>;
  cookies: string[];
  body: string;
}

const functionEvent: Transport = {
  name: 'function event',
  open: async (app) => {
    const handle = serverless(app.getHttpAdapter().getInstance().routing);
    return {
      call: async (call) => {
        const { statusCode, headers, cookies, body } = (await handle(toEvent(call), {})) as EventAnswer;
        // One cookie alone stays among the fields; API Gateway takes both forms.
        return toAnswer(
          statusCode,
          cookies.length > 0 ? { ...headers, 'set-cookie': cookies } : headers,
          body,
        );
      },
      close: async () => undefined,
    };
  },
};

export const transports: Transport[] = [inject, socket, functionEvent];
/** For rules that lie behind every door alike: one is enough. */
export const [direct] = transports as [Transport];
export { socket };
