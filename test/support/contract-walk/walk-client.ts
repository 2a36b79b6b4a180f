/** A client for answers that never come, never end or break off. */
import { Agent, type IncomingMessage, request } from 'node:http';
import type { Answer } from '../transports.js';
import type { SpelledRequest } from './spelled-request.js';

/** `undefined`: no answer, because the connection ended or nothing came. */
export type Exchange = (request: SpelledRequest) => Promise<(Answer & { isCut?: boolean }) | undefined>;

/** All that can be documented. */
export const everyRoute = { SIM: 'on', LAB: 'on', CLASSIC_ROUTES: '1' };

/** Settings with which nothing that a walk asks for leaves this machine: nobody answers for names, and no port is one of theirs. */
export const staysHere = (closed: string) => ({
  OUTBOUND_ALLOW: closed,
  OUTBOUND_DNS: closed,
  OUTBOUND_PORTS: '9',
});

/** Nothing in the walk takes this long but what never answers. */
const HANG_MS = 100;
const SLOW_MS = 30_000;
const MAX_BYTES = 4 * 1024 ** 2;
const MAX_HEADER_BYTES = 64 * 1024;

/** @param origin of the server. Close it. */
export function openExchange(origin: string): { exchange: Exchange; close(): void } {
  const agent = new Agent({ keepAlive: true });
  const exchange: Exchange = ({ method, path, headers, body }) =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(origin);
      const isHanging = path.startsWith('/sim/hang') && method === 'GET';
      const outgoing = request({
        hostname,
        port,
        method,
        path,
        headers,
        agent,
        maxHeaderSize: MAX_HEADER_BYTES,
      });
      outgoing.setTimeout(isHanging ? HANG_MS : SLOW_MS, () => outgoing.destroy());
      outgoing.on('response', (incoming) => void read(incoming).then(resolve));
      // What cannot be sent at all is a mistake of the walk; the rest is how a connection ends.
      outgoing.on('error', (error: NodeJS.ErrnoException) =>
        error.code?.startsWith('ERR_') ? reject(error) : resolve(undefined),
      );
      outgoing.end(body);
    });
  return { exchange, close: () => agent.destroy() };
}

async function read(incoming: IncomingMessage): Promise<Answer & { isCut?: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isCut = false;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_BYTES) throw new Error('too much');
    }
  } catch {
    isCut = true;
    incoming.destroy();
  }
  const { 'set-cookie': cookies = [], ...headers } = incoming.headers;
  const text = Buffer.concat(chunks).toString();
  return {
    status: incoming.statusCode ?? 0,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value && String(value)]),
    ),
    cookies,
    text,
    json: parsed(text),
    ...(isCut && { isCut }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
