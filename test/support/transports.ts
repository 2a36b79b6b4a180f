/** Three doors to one application: what is promised must hold through each of them. */
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InjectOptions } from 'fastify';
import { handleEvents } from '#dist/lambda/handle-events.js';
import { apiGatewayV2 } from '../../emulator/doors/api-gateway-v2.js';
import type { HttpRequest } from '../../emulator/doors/door.js';
import { inProcess } from '../../emulator/doors/in-process.js';
import { passThrough } from '../../emulator/doors/pass-through.js';

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

/** A request as it would go over the wire to the function's door. */
function toRequest(call: Call): HttpRequest {
  const { method, headers, payload } = toWire(call);
  const body = Buffer.from(payload ?? '');
  const given = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value) => [name, value] as const),
  );
  const has = (name: string) => given.some(([other]) => other.toLowerCase() === name);
  return {
    method,
    target: call.path,
    fields: [
      ...(has('host') ? [] : [['Host', 'api.example.org'] as const]),
      ...((payload === undefined && method !== 'POST' && method !== 'PATCH') || has('content-length')
        ? []
        : [['Content-Length', `${body.length}`] as const]),
      ...given,
    ],
    body,
    sourceIp: '127.0.0.1',
  };
}

const functionEvent: Transport = {
  name: 'function event',
  open: async (app) => {
    const invoke = inProcess(handleEvents(app));
    return {
      call: async (call) => {
        const { status, fields, body } = await passThrough(apiGatewayV2, toRequest(call), invoke);
        const headers = Object.fromEntries(fields.filter(([name]) => name !== 'set-cookie'));
        const cookies = fields.filter(([name]) => name === 'set-cookie').map(([, value]) => value);
        return toAnswer(status, { ...headers, 'set-cookie': cookies }, body.toString());
      },
      close: async () => undefined,
    };
  },
};

export const transports: Transport[] = [inject, socket, functionEvent];
/** For rules that lie behind every door alike: one is enough. */
export const [direct] = transports as [Transport];
export { socket };
