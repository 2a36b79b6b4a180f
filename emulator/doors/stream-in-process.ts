import type { Writable } from 'node:stream';
import type { Context } from 'aws-lambda';
import { ResponseStream } from '../../scripts/bundle/awslambda.js';
import type { Outcome } from './pass-stream.js';

/** A fresh invocation, without the runtime, of a function that streams. Resolves when it has written for the first time. */
export function streamInProcess(
  handle: (event: unknown, stream: Writable, context: Context) => Promise<void>,
  remainingMs = 30_000,
): (event: object) => Promise<Outcome> {
  return (event) => {
    const endMs = performance.now() + remainingMs;
    const context = { getRemainingTimeInMillis: () => endMs - performance.now() } as Context;
    const stream = new ResponseStream();
    stream.on('error', () => undefined);
    return new Promise((resolve, reject) => {
      stream.once('readable', () =>
        resolve({
          streamed: { contentType: stream.contentType, body: stream, cut: () => stream.destroy() },
        }),
      );
      handle(JSON.parse(JSON.stringify(event)), stream, context).catch((error: Error) => {
        // As the runtime client has it: what is written is sent, then the connection fails.
        reject(error);
        stream.destroy(error);
      });
    });
  };
}
