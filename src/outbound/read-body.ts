/** A body, unpacked, and never more of it than is allowed: counted as it comes over the wire and again as it unpacks. */
import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CurrentCall } from './current-call.js';
import type { RoomTicket } from './reading-room.js';
import { UpstreamFailure } from './upstream-failure.js';

/** Text packs to a tenth, or a fiftieth where it repeats itself; a bomb to a thousandth (DEFLATE's limit is 1,032). */
const MAX_RATIO = 200;
/** Below it a high ratio costs nobody anything. */
const RATIO_COUNTS_FROM_BYTES = 256 * 1024;

/**
 * What comes over the wire for a byte of the body, at most: in chunks of one byte it is six, each a turn of the parser,
 * and 4 MiB of them keep a core busy for as long as they come.
 */
const MAX_FRAMING = 4;
/** Small answers may be framed as they like; as much may have come that was not looked at yet. */
const FRAMING_COUNTS_FROM_BYTES = 256 * 1024;

/** Of each body, whoever has room: most are no larger, and a small one never waits for large ones. */
const FREE_BYTES = 128 * 1024;

/** The body of one among several calls, which share a room. */
export interface Seat {
  readonly ticket: RoomTicket;
  /** How long it may wait for room while it holds its connection; without it, until the call ends. */
  readonly patienceMs: number | undefined;
}

/** There was no room for the body for as long as it could wait; its connection is to be closed. */
export class NoRoom extends UpstreamFailure {
  /** @param bytes to be reserved before it is asked for again */
  constructor(readonly bytes: number) {
    super('UPSTREAM_TIMEOUT', 'sent more than there was room for', 'no room', true);
  }
}

/** What is asked for. `deflate` is understood too, but servers differ on what it is. */
export const acceptedCodings = 'gzip, br';

/**
 * @param maxBytes of the body, packed and unpacked
 * @param seat without it, there is room
 * @throws UpstreamFailure, NoRoom; the signal's reason when it ended first
 */
export async function readBody(
  answer: IncomingMessage,
  call: CurrentCall,
  maxBytes: number,
  seat?: Seat,
): Promise<Buffer> {
  try {
    const body = await read(answer, call.signal, maxBytes, seat);
    // More came than the length said: what was read is not what was meant.
    if (call.lateError) throw call.lateError;
    seat?.ticket.settle(body.length);
    return body;
  } catch (error) {
    call.signal.throwIfAborted();
    throw error instanceof UpstreamFailure ? error : bodyFailure(error as NodeJS.ErrnoException);
  }
}

async function read(
  answer: IncomingMessage,
  signal: AbortSignal,
  maxBytes: number,
  seat: Seat | undefined,
): Promise<Buffer> {
  const tooLarge = () => new UpstreamFailure('UPSTREAM_TOO_LARGE', `sent more than ${maxBytes} bytes`);
  if (Number(answer.headers['content-length']) > maxBytes && !hasNoBody(answer)) throw tooLarge();
  const unpack = hasNoBody(answer) ? undefined : await unpacker(answer.headers['content-encoding']);

  const { socket } = answer;
  const bytesBefore = socket.bytesRead;
  let wireBytes = 0;
  const countWire = (chunk: Buffer) => {
    wireBytes += chunk.length;
    if (wireBytes > maxBytes) throw tooLarge();
    if (socket.bytesRead - bytesBefore > FRAMING_COUNTS_FROM_BYTES + wireBytes * MAX_FRAMING)
      throw new UpstreamFailure('UPSTREAM_INVALID', 'sent its body in crumbs');
  };
  async function* counted(source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      countWire(chunk);
      yield chunk;
    }
  }
  // Unpacked, and where no length is said, it may be as large as any.
  const bytesToCome = unpack ? maxBytes : Number(answer.headers['content-length'] ?? maxBytes);
  const chunks: Buffer[] = [];
  let bytes = 0;
  async function collect(source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      if (!unpack) countWire(chunk);
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge();
      if (unpack && bytes > RATIO_COUNTS_FROM_BYTES && bytes > wireBytes * MAX_RATIO)
        throw new UpstreamFailure('UPSTREAM_TOO_LARGE', 'sent a body that unpacks to far more than came');
      chunks.push(chunk);
      // Nothing more is pulled meanwhile.
      if (seat && bytes > FREE_BYTES) await takeRoom(seat, bytesToCome, signal);
    }
  }
  try {
    if (unpack) await pipeline(answer, counted, unpack, collect, { signal });
    else await endedBy(signal, answer, () => collect(answer));
  } catch (error) {
    // An empty body is no packed one, whatever the field says; many servers answer so.
    const isEmpty = unpack && wireBytes === 0 && (error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
    if (!isEmpty) throw error;
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes);
}

async function takeRoom({ ticket, patienceMs }: Seat, bytes: number, signal: AbortSignal): Promise<void> {
  if (!(await ticket.reserve(bytes, signal, patienceMs))) throw new NoRoom(bytes);
}

/** What a pipeline does besides, one stream alone has no need of. */
async function endedBy<T>(signal: AbortSignal, answer: IncomingMessage, read: () => Promise<T>): Promise<T> {
  const giveUp = () => answer.destroy(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await read();
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

/** RFC 9110, 6.4.1. Its `Content-Length` speaks of the body there would be. */
const hasNoBody = ({ statusCode, req }: IncomingMessage & { req?: { method?: string } }): boolean =>
  statusCode === 204 || statusCode === 304 || req?.method === 'HEAD';

async function unpacker(coding = ''): Promise<Transform | undefined> {
  const name = coding.trim().toLowerCase();
  if (name === '' || name === 'identity') return undefined;
  const { createBrotliDecompress, createGunzip, createInflate } = await import('node:zlib');
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      throw new UpstreamFailure('UPSTREAM_INVALID', 'sent a body packed in a way that was not asked for');
  }
}

/** zlib's codes, and Brotli's, whose names Node.js builds a little oddly. */
const isPackingError = (code: string): boolean => code.startsWith('Z_') || code.startsWith('ERR__ERROR_');
const isHangUp = (code: string): boolean => code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE';

function bodyFailure({ code = 'unknown' }: NodeJS.ErrnoException): UpstreamFailure {
  return isPackingError(code)
    ? new UpstreamFailure('UPSTREAM_INVALID', 'sent a body that cannot be unpacked', code)
    : new UpstreamFailure('UPSTREAM_INVALID', 'broke off its answer', code, isHangUp(code));
}
