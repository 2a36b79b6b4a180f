/** A streamed answer on its way from the runtime to whoever waits for it. */
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { Deferred } from './deferred.js';
import type { Posted } from './runtime-api.js';
import type { OnStream } from './streamed-response.js';

/** "Response streaming functions can return payloads up to 200 MB." */
const STREAM_LIMIT_BYTES = 200 * 1024 * 1024;

const errorOf = (errorType: string, errorMessage: string): Posted => ({
  kind: 'error',
  payload: JSON.stringify({ errorType, errorMessage }),
});

const truncated = errorOf('Runtime.TruncatedResponse', 'The connection ended before the answer did.');
const tooLarge = errorOf('Function.ResponseSizeTooLarge', 'Response payload size exceeded 200 MB.');

/**
 * Hands on what comes, as fast as it is taken. Resolves when the runtime has said all, or when it is cut.
 * @returns what the runtime or we have against it, if it is not whole; never, if the runtime itself is gone: that is
 *   for its process to say
 */
export async function takeStream(request: IncomingMessage, onStream: OnStream): Promise<Posted | undefined> {
  const body = new PassThrough();
  // Whoever reads it may have left.
  body.on('error', () => undefined);
  const wasCut = new Deferred<Posted>();
  const cut = () => {
    wasCut.resolve(truncated);
    request.destroy();
  };
  onStream({ contentType: request.headers['content-type'] ?? '', body, cut });
  try {
    const failure = (await pour(request, body)) ? tooLarge : streamErrorOf(request);
    if (failure) body.destroy(new Error(failure.payload));
    else body.end();
    return failure;
  } catch {
    body.destroy(new Error(truncated.payload));
    return wasCut.promise;
  }
}

/** What is not read any more, or would be too much, goes nowhere. @returns whether it was too much. @throws when the runtime is gone */
async function pour(request: IncomingMessage, body: PassThrough): Promise<boolean> {
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > STREAM_LIMIT_BYTES || body.destroyed) continue;
    await roomAfter(body, chunk, request);
  }
  return bytes > STREAM_LIMIT_BYTES;
}

/** Resolves when there is room for more, nobody reads on (a write under way is not called back then) or nothing comes. */
function roomAfter(body: PassThrough, chunk: Buffer, request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      for (const stream of [body, request]) stream.off('close', settle);
      resolve();
    };
    for (const stream of [body, request]) stream.once('close', settle);
    body.write(chunk, settle);
  });
}

/** What the runtime says behind an answer that it could not finish: base64 of JSON. */
export function streamErrorOf({ trailers }: IncomingMessage): Posted | undefined {
  const payload = trailers['lambda-runtime-function-error-body'];
  return payload === undefined
    ? undefined
    : { kind: 'error', payload: Buffer.from(payload, 'base64').toString() };
}
