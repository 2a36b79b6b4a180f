// @ts-check
/**
 * What Lambda's Node.js brings for a function that streams, without the Runtime API behind it: to record the function
 * with, and to call it in a test's own process. As AWS's runtime client does it, the prelude goes out before the first
 * `write`; `end` alone sends none.
 */
import { PassThrough } from 'node:stream';

const PRELUDE_TYPE = 'application/vnd.awslambda.http-integration-response';
const PRELUDE_END = Buffer.alloc(8);

/**
 * A streamed answer that is whole, as a buffered function would have returned it.
 * @param {Buffer} bytes
 * @returns {import('./typical-events.js').Result}
 */
export function resultOfStream(bytes) {
  const endAt = bytes.indexOf(PRELUDE_END);
  if (endAt < 0) throw new Error('The answer has no prelude.');
  const { cookies = [], ...prelude } = JSON.parse(bytes.toString('utf8', 0, endAt));
  return { ...prelude, cookies, body: bytes.toString('utf8', endAt + PRELUDE_END.length) };
}

/** Where a function writes its answer to; what it has written is read from it. */
export class ResponseStream extends PassThrough {
  contentType = 'application/octet-stream';
  /** @type {string | undefined} */
  prelude;

  /** @param {string} type */
  setContentType(type) {
    this.contentType = type;
  }

  /** @type {PassThrough['write']} */
  // @ts-expect-error: of two signatures
  write(chunk, ...rest) {
    const { prelude } = this;
    this.prelude = undefined;
    if (prelude !== undefined) {
      super.write(prelude);
      super.write(PRELUDE_END);
    }
    return super.write(chunk, ...rest);
  }
}

export const awslambda = {
  /** @template T @param {T} handler */
  streamifyResponse: (handler) => handler,
  HttpResponseStream: {
    /** @param {import('node:stream').Writable} stream @param {object} prelude */
    from(stream, prelude) {
      if (!(stream instanceof ResponseStream)) throw new TypeError('It is no response stream.');
      stream.setContentType(PRELUDE_TYPE);
      stream.prelude = JSON.stringify(prelude);
      return stream;
    },
  },
};
