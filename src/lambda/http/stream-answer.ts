/** Runs one plain request through Fastify's router; its answer goes out as it comes. */
import type { OutgoingHttpHeaders } from 'node:http';
import type { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { setLimits } from '../../inbound/request-deadline.js';
import { BrokenAnswer } from './broken-answer.js';
import { ofTheConnection } from './of-the-connection.js';
import type { PlainRequest } from './plain.js';
import { standInRequest } from './stand-in-request.js';
import { StandInResponse } from './stand-in-response.js';
import { StandInSocket } from './stand-in-socket.js';

/** What goes before the body: its form is AWS's. */
export interface Prelude {
  statusCode: number;
  /** One value a name. */
  headers: Record<string, string>;
  cookies: string[];
}

export interface AnswerStream {
  /** Has the platform send the prelude with the first write. @returns where the body goes */
  begin(prelude: Prelude): Writable;
  /** Where the platform says that nobody takes the answer any more. */
  stream: Writable;
}

/** "Response streaming functions can return payloads up to 200 MB"; the rest is for the prelude. */
const bodyLimit = { bytes: 199_000_000, sizeOf: (part: string) => Buffer.byteLength(part) };

const HEAD_END = '\r\n\r\n';

/**
 * Resolves when the whole answer is handed over, or when nobody takes it any more: then the request's connection is
 * closed, and whoever works for it hears of that.
 * @throws BrokenAnswer when the application cut it off; `isBegun` then says whether anything was sent
 */
export async function streamAnswer(
  fastify: FastifyInstance,
  plain: PlainRequest,
  answerByMs: number,
  { begin, stream }: AnswerStream,
): Promise<void> {
  let body: Writable | undefined;
  let cause: unknown;
  const socket = new StandInSocket(plain, (chunk, hasRoom) => {
    // An interim answer, for which a function has no way.
    if (!response.headersSent) return hasRoom();
    const isFirst = body === undefined;
    body ??= begin(preludeOf(response));
    const part = isFirst ? chunk.subarray(chunk.indexOf(HEAD_END) + HEAD_END.length) : chunk;
    // Written even when empty: else there would be no prelude, and no answer.
    if (!isFirst && part.length === 0) return hasRoom();
    if (body.write(part)) hasRoom();
    else body.once('drain', hasRoom);
  });
  socket.on('error', (error) => {
    cause = error;
  });
  const request = standInRequest(plain, socket);
  setLimits(request, { answerByMs, bodyLimit });
  const response = new StandInResponse(request, socket);
  const end = new Promise<'whole' | 'gone' | 'broken'>((resolve) => {
    const leave = () => {
      resolve('gone');
      socket.destroy();
    };
    stream.on('error', leave).once('close', leave);
    if (stream.destroyed) leave();
    response.once('finish', () => resolve('whole'));
    socket.once('close', () => resolve('broken'));
  });
  // The router itself: `inject` would bring a second pair of stand-ins, and a package that is left out of the zip.
  fastify.routing(request, response);
  const how = await end;
  // The response hears of it, and with it whoever waits for its end.
  socket.destroy();
  if (how === 'broken') throw new BrokenAnswer(response.getHeaders(), cause, body !== undefined);
  if (how === 'whole') body?.end();
}

function preludeOf(response: StandInResponse): Prelude {
  const { 'set-cookie': cookies = [], ...fields } = response.getHeaders() as OutgoingHttpHeaders;
  return {
    statusCode: response.statusCode,
    headers: Object.fromEntries(
      Object.entries(fields)
        .filter(([name]) => !ofTheConnection.has(name))
        .map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)]),
    ),
    cookies: [cookies].flat().map(String),
  };
}
