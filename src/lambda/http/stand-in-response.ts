import {
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { StandInSocket } from './stand-in-socket.js';

/** They would have the body framed, which is the service's to do. */
const framesTheBody = /^(transfer-encoding|trailer)$/i;

type Fields = OutgoingHttpHeaders | OutgoingHttpHeader[];

/** Node's own response on a stand-in for a connection: a head that is left out there, and a body as it is. */
export class StandInResponse extends ServerResponse {
  constructor(request: IncomingMessage, socket: StandInSocket) {
    super(request);
    this.useChunkedEncodingByDefault = false;
    this.assignSocket(socket as unknown as Socket);
    // A server would tell it of its connection's room; without one, it would never forget that it had none.
    Object.defineProperty(this, 'writableNeedDrain', {
      get: () => !this.writableEnded && socket.writableNeedDrain,
    });
    socket.on('drain', () => this.writableEnded || this.emit('drain'));
  }

  override setHeader(name: string, value: number | string | readonly string[]): this {
    return framesTheBody.test(name) ? this : super.setHeader(name, value);
  }

  /** All fields go where `getHeaders` finds them. */
  override writeHead(status: number, reason?: string | Fields, fields?: Fields): this {
    const given = typeof reason === 'string' ? fields : reason;
    for (const [name, value] of pairsOf(given)) this.setHeader(name, value);
    return typeof reason === 'string' ? super.writeHead(status, reason) : super.writeHead(status);
  }
}

function pairsOf(fields: Fields = {}): [string, OutgoingHttpHeader][] {
  if (!Array.isArray(fields))
    return Object.entries(fields).filter(
      (pair): pair is [string, OutgoingHttpHeader] => pair[1] !== undefined,
    );
  // Names and values in turn.
  return fields.flatMap((name, index) =>
    index % 2 === 0 ? [[String(name), fields[index + 1] as OutgoingHttpHeader] as const] : [],
  ) as [string, OutgoingHttpHeader][];
}
