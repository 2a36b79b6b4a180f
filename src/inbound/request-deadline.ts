/** The end of a request's time, where something outside sets one: a function is cut off, and says so itself before. */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../problem.js';
import { answerProblem } from './answer-problem.js';

const deadlines = new WeakMap<IncomingMessage, number>();

/** @param answerByMs on `performance.now()` */
export function setDeadline(request: IncomingMessage, answerByMs: number): void {
  deadlines.set(request, answerByMs);
}

/** Nobody can say whether the work was at its last step; the database's own deadline comes earlier and can. */
const deadlineProblem = (): Problem =>
  new Problem(
    'DEADLINE_EXCEEDED',
    'The answer was not ready in the time there is. A change may have been made: look before trying again.',
    { retryAfterSeconds: 1 },
  );

const tooLateProblem = (): Problem =>
  new Problem(
    'DEADLINE_EXCEEDED',
    'The time for an answer was over before the work began. Nothing was done.',
    {
      retryAfterSeconds: 1,
    },
  );

/** Puts the deadline on the request's meter, for whoever waits on its behalf, and answers when it has come. */
export function watchDeadlines(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const answerByMs = deadlines.get(request.raw);
    if (answerByMs === undefined) return done();
    const leftMs = answerByMs - performance.now();
    if (leftMs <= 0) return done(tooLateProblem());
    request.meter.answerByMs = answerByMs;
    const timer = setTimeout(() => answerProblem(deadlineProblem(), request, reply), leftMs);
    reply.raw.once('close', () => clearTimeout(timer));
    done();
  });
}
