/**
 * The adapter of the function that streams: an event in, its answer out as it comes. What is too late to be said as a
 * problem, because the answer has begun, fails the invocation: the platform then cuts the connection, and nobody takes
 * a part for the whole.
 */
import type { Writable } from 'node:stream';
import type { Context } from 'aws-lambda';
import type { FastifyInstance } from 'fastify';
import { toProblem } from '../../inbound/to-problem.js';
import { answerBeforeEnd } from './answer-by.js';
import { answerInstead } from './answer-instead.js';
import { BrokenAnswer } from './broken-answer.js';
import { formOf } from './form-of.js';
import type { PlainAnswer } from './plain.js';
import { refuseMethod } from './refuse-method.js';
import { type Prelude, streamAnswer } from './stream-answer.js';

export type StreamHandler = (event: unknown, stream: Writable, context: Context) => Promise<void>;

/** What AWS calls `HttpResponseStream.from`: the prelude goes out with the first write. */
export type Begin = (stream: Writable, prelude: Prelude) => Writable;

/** The handler rejects for events that are no HTTP requests, and for answers that break off. */
export function streamEvents(fastify: FastifyInstance, begin: Begin): StreamHandler {
  return async (event, stream, context) => {
    const request = formOf(event).toRequest(event as object);
    const refused = refuseMethod(fastify, request);
    if (refused) return sendWhole(refused, stream, begin);
    const answer = { stream, begin: (prelude: Prelude) => begin(stream, prelude) };
    await streamAnswer(fastify, request, answerBeforeEnd(context), answer).catch((error: unknown) => {
      if (!(error instanceof BrokenAnswer) || error.isBegun) throw error;
      // The log has it already, from answer-problem.
      sendWhole(answerInstead(toProblem(error.cause ?? error), error.headers, request), stream, begin);
    });
  };
}

function sendWhole(
  { body, isBase64Encoded: _, ...prelude }: PlainAnswer,
  stream: Writable,
  begin: Begin,
): void {
  const taker = begin(stream, prelude);
  // Not with `end`, before which no prelude goes out.
  taker.write(body);
  taker.end();
}
