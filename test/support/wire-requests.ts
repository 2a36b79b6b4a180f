import type { Socket } from 'node:net';

/** A request as it stood on the wire. */
export interface WireRequest {
  method: string;
  target: string;
  /** In their order and spelling, repeated ones too. */
  fields: [name: string, value: string][];
  body: Buffer;
}

/** Calls `take` with each request that arrives whole; it is trusted to be well formed: it comes from our own client. */
export function readRequests(socket: Socket, take: (request: WireRequest) => void): void {
  let waiting = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    for (;;) {
      const read = readRequest(waiting);
      if (!read) return;
      waiting = waiting.subarray(read.length);
      take(read.request);
    }
  });
}

/** @returns undefined as long as something is missing */
function readRequest(bytes: Buffer): { request: WireRequest; length: number } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [line = '', ...rest] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const [method = '', target = ''] = line.split(' ');
  const fields = rest.map((field): [string, string] => {
    const colon = field.indexOf(':');
    return [field.slice(0, colon), field.slice(colon + 1).trim()];
  });
  const fieldOf = (wanted: string) => fields.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const start = headEnd + 4;
  const body = fieldOf('transfer-encoding')
    ? readChunks(bytes, start)
    : readPlain(bytes, start, Number(fieldOf('content-length') ?? 0));
  return body && { request: { method, target, fields, body: body.bytes }, length: body.end };
}

interface Part {
  bytes: Buffer;
  end: number;
}

const readPlain = (bytes: Buffer, start: number, length: number): Part | undefined =>
  bytes.length < start + length
    ? undefined
    : { bytes: bytes.subarray(start, start + length), end: start + length };

function readChunks(bytes: Buffer, start: number): Part | undefined {
  const chunks: Buffer[] = [];
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const chunk = readPlain(bytes, lineEnd + 2, size + 2);
    if (!chunk) return undefined;
    if (size === 0) return { bytes: Buffer.concat(chunks), end: chunk.end };
    chunks.push(chunk.bytes.subarray(0, size));
    at = chunk.end;
  }
}
