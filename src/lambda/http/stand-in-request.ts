import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { PlainRequest } from './plain.js';
import type { StandInSocket } from './stand-in-socket.js';

/** A request as a server's parser would have made it, its body all there. */
export function standInRequest(plain: PlainRequest, socket: StandInSocket): IncomingMessage {
  const { method, path, query, headers, body } = plain;
  // What came in chunks is whole, and has a length by now.
  const { 'transfer-encoding': _, ...fields } = headers;
  const request = new IncomingMessage(socket as unknown as Socket);
  Object.assign(request, {
    httpVersion: '1.1',
    httpVersionMajor: 1,
    httpVersionMinor: 1,
    method,
    url: query === '' ? path : `${path}?${query}`,
    headers: { ...fields, 'content-length': String(body.length) },
    complete: true,
  });
  if (body.length > 0) request.push(body);
  request.push(null);
  return request;
}
