/** One request through a door that streams: its client sees the head as soon as the function has said it, then the body. */
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { StreamedResponse } from '../streamed-response.js';
import type { HttpAnswer, HttpRequest, StreamingDoor } from './door.js';
import { passThrough } from './pass-through.js';

export interface StreamedAnswer extends Omit<HttpAnswer, 'body'> {
  /** Ends when all is said; fails when the function broke off. */
  body: Readable;
  /** Breaks the function's connection to its platform. */
  cut(): void;
}

/** What `invoke` resolves with: what a function streams, or what it has returned. */
export type Outcome = { streamed: StreamedResponse } | { returned: unknown };

const PRELUDE_TYPE = 'application/vnd.awslambda.http-integration-response';
/** "Exactly 8 null bytes" end the prelude, in AWS's runtime client. */
const PRELUDE_END = Buffer.alloc(8);

/** @param invoke runs the function on the event; it rejects as that of `passThrough` does */
export async function passStream(
  door: StreamingDoor,
  request: HttpRequest,
  invoke: (event: object) => Promise<Outcome>,
): Promise<HttpAnswer | StreamedAnswer> {
  let begun: StreamedAnswer | undefined;
  const answered = await passThrough(door, request, async (event) => {
    const outcome = await invoke(event);
    if ('returned' in outcome) return outcome.returned;
    const { streamed } = outcome;
    const { body, contentType, cut } = streamed;
    const prelude =
      contentType === PRELUDE_TYPE ? await readPrelude(body) : await withoutPrelude(body, contentType);
    begun = { ...door.toHead(prelude), body, cut };
    return null;
  });
  return begun ?? answered;
}

/** Leaves the rest to be read. @throws Error when there is none, or the function breaks off before its end */
async function readPrelude(body: Readable): Promise<unknown> {
  let bytes = Buffer.alloc(0);
  for (;;) {
    const endAt = bytes.indexOf(PRELUDE_END);
    if (endAt >= 0) {
      const rest = bytes.subarray(endAt + PRELUDE_END.length);
      if (rest.length > 0) body.unshift(rest);
      return JSON.parse(bytes.toString('utf8', 0, endAt));
    }
    const chunk = await nextChunk(body);
    if (!chunk) throw new Error('The answer ended before it began.');
    bytes = Buffer.concat([bytes, chunk]);
  }
}

/** @throws Error when the function fails before it has written anything */
async function withoutPrelude(body: Readable, contentType: string): Promise<object> {
  const chunk = await nextChunk(body);
  if (chunk) body.unshift(chunk);
  return { statusCode: 200, headers: { 'content-type': contentType } };
}

/** @returns undefined at the end. @throws what it fails with */
async function nextChunk(body: Readable): Promise<Buffer | undefined> {
  const waiting = new AbortController();
  try {
    for (;;) {
      const chunk: Buffer | null = body.read();
      if (chunk !== null) return chunk;
      if (body.readableEnded) return undefined;
      const { signal } = waiting;
      await Promise.race([once(body, 'readable', { signal }), once(body, 'end', { signal })]);
    }
  } finally {
    waiting.abort();
  }
}
