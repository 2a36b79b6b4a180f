/** The adapter: an event of any door in, its result out. What HTTP cannot carry through a function is said as a problem. */
import type { Context } from 'aws-lambda';
import type { FastifyInstance } from 'fastify';
import { toProblem } from '../../inbound/to-problem.js';
import { Problem } from '../../problem.js';
import { answerBy } from './answer-by.js';
import { answerEvents } from './answer-events.js';
import { answerInstead } from './answer-instead.js';
import { BrokenAnswer } from './broken-answer.js';
import { formOf } from './form-of.js';
import { refuseMethod } from './refuse-method.js';

export type EventHandler = (event: unknown, context: Context) => Promise<object>;

/** The handler rejects for events that are no HTTP requests, and for nothing else. */
export function serveEvents(fastify: FastifyInstance): EventHandler {
  const answer = answerEvents(fastify);

  return async (event, context) => {
    const form = formOf(event);
    const request = form.toRequest(event as object);
    const refused = refuseMethod(fastify, request);
    if (refused) return form.toResult(refused, event as object);
    const limits = {
      answerByMs: answerBy(context, request.takenInMs),
      bodyLimit: { bytes: Math.min(BODY_BYTES, form.resultLimitBytes - FIELDS_BYTES), sizeOf: sizeInJson },
    };
    const plain = await answer(request, limits).catch((error: unknown) => {
      if (!(error instanceof BrokenAnswer)) throw error;
      // The log has it already, from answer-problem.
      return answerInstead(toProblem(error.cause ?? error), error.headers, request);
    });
    const result = form.toResult(plain, event as object);
    if (!isLarger(result, plain.body, form.resultLimitBytes)) return result;
    const problem = tooLargeProblem(form.resultLimitBytes);
    // The access line of this request was written, with the status of the answer that is not sent.
    const { method } = request;
    const { code, status, message } = problem;
    fastify.log.warn({ code, requestId: plain.headers['x-request-id'], method, status }, message);
    return form.toResult(answerInstead(problem, plain.headers, request), event as object);
  };
}

/** For what an answer of any length stops at: less than any result may have, but a load balancer's. */
const BODY_BYTES = 5_000_000;
/** Of a text as a part of a string: quotes, backslashes and line ends have one byte more. */
const sizeInJson = (part: string): number => Buffer.byteLength(JSON.stringify(part)) - 2;

/** A character of a string has at most six bytes in JSON (`\u0000`). */
const JSON_BYTES_PER_CHARACTER = 6;
/** More than header fields come to. */
const FIELDS_BYTES = 64 * 1024;

/** Counted exactly only where it may be so: as JSON, with base64's growth or that of escapes. */
function isLarger(result: object, body: string, limitBytes: number): boolean {
  const mayBe = body.length * JSON_BYTES_PER_CHARACTER + FIELDS_BYTES > limitBytes;
  return mayBe && Buffer.byteLength(JSON.stringify(result)) > limitBytes;
}

const tooLargeProblem = (limitBytes: number): Problem =>
  new Problem(
    'ANSWER_TOO_LARGE',
    `The answer has more than the ${Math.floor(limitBytes / 1_000_000)} MB that can be sent from here. Ask for less at a time.`,
  );
