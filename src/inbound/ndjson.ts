/** Answers of many lines of JSON (NDJSON), each sent as soon as it is there and no faster than the client reads. */
import '@fastify/accepts';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemWithin } from './answer-problem.js';
import { isGone, onceGone } from './once-gone.js';

export const NDJSON = 'application/x-ndjson';

/** Allows a route to answer with lines: elsewhere a client that takes nothing else is told 406. */
export const AnswersLines = () => RouteConfig({ answersLines: true });

/** What this route may answer with, the preferred one first. */
export const mediaTypesOf = ({ routeOptions }: FastifyRequest): string[] => {
  const { answersLines } = routeOptions.config as { answersLines?: true };
  return ['application/json', 'application/problem+json', ...(answersLines ? [NDJSON] : [])];
};

export const wantsLines = (request: FastifyRequest): boolean =>
  request.accepts().type(['application/json', NDJSON]) === NDJSON;

/** A client that takes not even this much in `STALL_MS` has stopped reading. */
const CHUNK_BYTES = 64 * 1024;
const STALL_MS = 30_000;
const FLUSH_POLL_MS = 5;

interface LinesOptions {
  /** False where there is no connection to be cut. */
  readonly isCut: boolean;
  /** From the first line; the connection of a client that has not read all by then is cut. */
  readonly takenWithinMs: number;
  /** Of another format of lines, in UTF-8 like this one. */
  readonly mediaType?: string;
}

/**
 * Waits for the first line, so that what goes wrong before it is an answer like any other.
 * @param lines texts of one or more lines, each with its end; ended early when the client leaves. Whatever they throw
 *   later becomes the last line, a problem, after which the connection is cut: what came is not all there is
 */
export async function answerLines(
  lines: AsyncGenerator<string, void, undefined>,
  reply: FastifyReply,
  { isCut, takenWithinMs, mediaType = NDJSON }: LinesOptions,
): Promise<Readable> {
  const first = await lines.next();
  const tooSlow = setTimeout(() => reply.raw.destroy(), takenWithinMs);
  const end = () => {
    clearTimeout(tooSlow);
    void lines.return();
  };
  // Who left before the first line never asks for it: then `chunks` never begins, and its `finally` never comes.
  if (isGone(reply)) end();
  else onceGone(reply, end);
  void reply.type(`${mediaType}; charset=utf-8`);
  if (reply.request.method === 'HEAD') {
    // All lines would be read, for nobody.
    end();
    return Readable.from([]);
  }
  return Readable.from(chunks(first, lines, reply, isCut), { objectMode: false, highWaterMark: CHUNK_BYTES });
}

async function* chunks(
  first: IteratorResult<string, void>,
  lines: AsyncGenerator<string, void, undefined>,
  reply: FastifyReply,
  isCut: boolean,
): AsyncGenerator<string> {
  try {
    for (let line = first; !line.done; line = await lines.next()) yield* unlessStalled(line.value, reply);
  } catch (error) {
    yield* unlessStalled(`${JSON.stringify({ problem: problemWithin(error, reply.request) })}\n`, reply);
    if (!isCut) return;
    await flushed(reply);
    reply.raw.destroy();
  }
}

/** Cuts the connection of who does not take it. */
function* unlessStalled(text: string, { raw }: FastifyReply): Generator<string> {
  const stalled = setTimeout(() => raw.destroy(), STALL_MS);
  try {
    yield text;
  } finally {
    clearTimeout(stalled);
  }
}

/** Resolves once all that was written has left, or will not any more. */
async function flushed({ raw }: FastifyReply): Promise<void> {
  const untilMs = performance.now() + STALL_MS;
  do await pause(FLUSH_POLL_MS);
  while (raw.writableLength > 0 && !raw.destroyed && performance.now() < untilMs);
}
