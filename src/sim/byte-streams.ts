/** Bodies of any size, made while they are read: never more of one in memory than a chunk. */
import { createCipheriv, createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';

const CHUNK_BYTES = 64 * 1024;
const zeros = Buffer.alloc(CHUNK_BYTES);

type Bytes = AsyncGenerator<Buffer>;

/** A body to be sent. The next chunk is made when the one before is taken. */
export const streamOf = (bytes: Bytes): Readable =>
  Readable.from(bytes, { objectMode: false, highWaterMark: 1 });

/** `count` bytes, the same for the same seed; fewer are the beginning of more. */
export async function* seededBytes(count: number, seed: string): Bytes {
  const key = createHash('sha256').update(seed).digest().subarray(0, 16);
  const keystream = createCipheriv('aes-128-ctr', key, Buffer.alloc(16));
  for await (const chunk of inTurns(zeros, count)) yield keystream.update(chunk);
}

/** `count` times the one ASCII character. */
export const repeated = (character: string, count: number): Bytes =>
  inTurns(Buffer.alloc(CHUNK_BYTES, character), count);

/** A JSON string of zeros, `count` bytes with its quotes. */
export async function* stringOfZeros(count: number): Bytes {
  const quote = Buffer.from('"');
  yield quote;
  yield* repeated('0', count - 2 * quote.length);
  yield quote;
}

/** A turn of the event loop for each chunk: a fast reader would keep everybody else waiting. */
async function* inTurns(chunk: Buffer, count: number): Bytes {
  for (let left = count; left > 0; left -= chunk.length) {
    yield left < chunk.length ? chunk.subarray(0, left) : chunk;
    await nextTurn();
  }
}
