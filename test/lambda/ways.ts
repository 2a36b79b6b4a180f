/** The ways to one application: a real socket, which is the reference, and each door in front of the function. */
import { request as httpRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { FastifyInstance } from 'fastify';
import { serveEvents } from '#dist/lambda/http/serve-events.js';
import { streamEvents } from '#dist/lambda/http/stream-events.js';
import type { Door, HttpAnswer, HttpRequest } from '../../emulator/doors/door.js';
import { doors } from '../../emulator/doors/doors.js';
import { FUNCTION_URL_DOMAIN, functionUrlStreaming } from '../../emulator/doors/function-url.js';
import { inProcess } from '../../emulator/doors/in-process.js';
import { type Outcome, passStream } from '../../emulator/doors/pass-stream.js';
import { passThrough } from '../../emulator/doors/pass-through.js';
import { streamInProcess } from '../../emulator/doors/stream-in-process.js';
import { awslambda } from '../../scripts/bundle/awslambda.js';

/** What a client sees; a connection that is cut before the answer is whole is no body. */
export type Seen = Omit<HttpAnswer, 'body'> & { body: Buffer | 'cut' };

export interface Way {
  name: string;
  /** Of a page that this way leads to, as a browser says it. */
  origin: string;
  call(request: Omit<HttpRequest, 'sourceIp'>): Promise<Seen>;
}

/** From the block for documentation (RFC 5737): nobody's address, and not loopback. */
const SOURCE_IP = '203.0.113.7';
const HOST = 'api.example.org';

export const doorNames = [...doors, functionUrlStreaming].map(({ name }) => name);

/** @param fastify an application that listens on `port` */
export function waysTo(fastify: FastifyInstance, port: number): [reference: Way, ...Way[]] {
  const invoke = inProcess(serveEvents(fastify));
  const begin = awslambda.HttpResponseStream.from;
  const stream = streamInProcess(streamEvents(fastify, begin), 30_000);
  return [socketTo(port), ...doors.map((door) => wayThrough(door, invoke)), wayOfStream(stream)];
}

/** @param invoke what runs a function that streams on an event */
const wayOfStream = (invoke: (event: object) => Promise<Outcome>): Way => ({
  name: functionUrlStreaming.name,
  origin: `https://${FUNCTION_URL_DOMAIN}`,
  call: async ({ fields, ...request }) => {
    const sent = {
      ...request,
      fields: asSent(request.method, fields, request.body),
      sourceIp: SOURCE_IP,
    };
    const { status, fields: answered, body } = await passStream(functionUrlStreaming, sent, invoke);
    if (Buffer.isBuffer(body)) return { status, fields: answered, body };
    return { status, fields: answered, body: await buffer(body).catch(() => 'cut' as const) };
  },
});

/** @param invoke what runs the function on an event: in this process, or as it is deployed */
export function wayThrough(door: Door, invoke: (event: object) => Promise<unknown>): Way {
  return {
    name: door.name,
    origin: `https://${door.name === 'Function URL' ? FUNCTION_URL_DOMAIN : HOST}`,
    call: ({ fields, ...request }) =>
      passThrough(
        door,
        { ...request, fields: asSent(request.method, fields, request.body), sourceIp: SOURCE_IP },
        invoke,
      ),
  };
}

const socketTo = (port: number): Way => ({
  name: 'socket',
  origin: `https://${HOST}`,
  call: ({ method, target, fields, body }) =>
    new Promise((resolve, reject) => {
      const outgoing = httpRequest({
        host: '127.0.0.1',
        port,
        method,
        path: target,
        headers: [...asSent(method, fields, body), ['Connection', 'close']].flat(),
      });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = [];
        const { statusCode = 0, rawHeaders } = incoming;
        const pairs = rawHeaders.flatMap((name, index) =>
          index % 2 === 0 ? [[name, rawHeaders[index + 1] as string] as const] : [],
        );
        const end = (whole: Buffer | 'cut') => resolve({ status: statusCode, fields: pairs, body: whole });
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => end(Buffer.concat(chunks)));
        incoming.on('error', () => end('cut'));
      });
      outgoing.end(body);
    }),
});

/** With what a client adds by itself: the host, and a length where there is a body or might be one. */
function asSent(method: string, fields: HttpRequest['fields'], body: Buffer): [string, string][] {
  const has = (name: string) => fields.some(([other]) => other.toLowerCase() === name);
  const hasLength = body.length > 0 || ['POST', 'PUT', 'PATCH'].includes(method);
  return [
    ...(has('host') ? [] : [['Host', HOST] as [string, string]]),
    ...fields.map(([name, value]) => [name, value] as [string, string]),
    ...(hasLength && !has('content-length') && !has('transfer-encoding')
      ? [['Content-Length', String(body.length)] as [string, string]]
      : []),
  ];
}
