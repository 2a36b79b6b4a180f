/** What something outside sets a request: a function is cut off, and says so itself before; its answers have a largest size. */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { RequestMeter } from '../metering/request-meter.js';
import { Problem } from '../problem.js';
import { answerProblem } from './answer-problem.js';

export type RequestLimits = Required<Pick<RequestMeter, 'answerByMs' | 'bodyLimit'>>;

const limitsOf = new WeakMap<IncomingMessage, RequestLimits>();

export function setLimits(request: IncomingMessage, limits: RequestLimits): void {
  limitsOf.set(request, limits);
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

/** Puts the limits on the request's meter, for whoever waits on its behalf, and answers when the deadline has come. */
export function watchDeadlines(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const limits = limitsOf.get(request.raw);
    if (limits === undefined) return done();
    const leftMs = limits.answerByMs - performance.now();
    if (leftMs <= 0) return done(tooLateProblem());
    Object.assign(request.meter, limits);
    const timer = setTimeout(() => answerProblem(deadlineProblem(), request, reply), leftMs);
    reply.raw.once('close', () => clearTimeout(timer));
    done();
  });
}
