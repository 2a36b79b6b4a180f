import { type IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { PlainRequest } from './plain.js';
import type { StandInSocket } from './stand-in-socket.js';

/** A request as a server's parser would have made it, its body all there. */
export function standInRequest(plain: PlainRequest, socket: StandInSocket): IncomingMessage {
  const { method, path, query, headers, body } = plain;
  const fields: IncomingHttpHeaders = {};
  // One at a time, as Node.js does it: so a field named `__proto__` is none.
  for (const [name, value] of Object.entries(headers)) fields[name] = value;
  // What came in chunks is whole, and has a length by now.
  delete fields['transfer-encoding'];
  fields['content-length'] = String(body.length);
  const request = new IncomingMessage(socket as unknown as Socket);
  Object.assign(request, {
    httpVersion: '1.1',
    httpVersionMajor: 1,
    httpVersionMinor: 1,
    method,
    url: query === '' ? path : `${path}?${query}`,
    headers: fields,
    complete: true,
  });
  if (body.length > 0) request.push(body);
  request.push(null);
  return request;
}
