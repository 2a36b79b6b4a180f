/** Few bytes that become very many. */
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';

const MIB = 2 ** 20;

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

/** 1 GiB of zeros in 1 MB: a gzip stream may have any number of members. */
export const gzipBomb = once(() => Buffer.concat(new Array(1024).fill(gzipSync(Buffer.alloc(MIB)))));

/** 256 MiB of zeros in some hundred bytes. */
export const brotliBomb = once(() =>
  brotliCompressSync(Buffer.alloc(256 * MIB), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
);

/** 64 MiB of zeros in 64 kB. */
export const deflateBomb = once(() => deflateSync(Buffer.alloc(64 * MIB)));

/** A bomb in a bomb: 1 GiB in 5 kB. */
export const gzipOfGzipBomb = once(() => gzipSync(gzipBomb()));
