import { pipeline, type Readable } from 'node:stream';
import { streamOf, stringOfZeros } from './byte-streams.js';
import type { BombQuery } from './sim.schema.js';

/** The best that is not slow: the higher ones take minutes for a gigabyte. */
const BROTLI_QUALITY = 5;

/** A JSON string of `bytes` bytes, compressed to about a thousandth while it is read. */
export async function bomb(bytes: number, coding: BombQuery['coding']): Promise<Readable> {
  // On use: a function's start does not pay for it.
  const { constants, createBrotliCompress, createDeflate, createGzip } = await import('node:zlib');
  const coders = {
    gzip: () => createGzip(),
    deflate: () => createDeflate(),
    br: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  };
  const coder = coders[coding]();
  // Whoever stops reading early ends both; nobody is left to be told.
  pipeline(streamOf(stringOfZeros(bytes)), coder, () => undefined);
  return coder;
}
