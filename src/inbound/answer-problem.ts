import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '../problem.js';
import { toProblem } from './to-problem.js';

/** Where each code is documented, relative to the API (see the page's "Problems" tag). */
export const problemType = (code: string): string => `/problems/${code.toLowerCase().replaceAll('_', '-')}`;

/** The path of a request target, which may be in absolute form (RFC 9112, 3.2.2), without its query. */
export const pathOf = (target = '/'): string =>
  target.replace(/^https?:\/\/[^/?]*/i, '').split('?', 1)[0] || '/';

/** RFC 9457's members and ours. `instance` is the path that was called, without its query. */
export function problemBody(problem: Problem, path: string, requestId: string) {
  return {
    type: problemType(problem.code),
    title: problem.title,
    status: problem.status,
    detail: problem.message,
    instance: path,
    code: problem.code,
    requestId,
    ...(problem.upstreamStatus !== undefined && { upstreamStatus: problem.upstreamStatus }),
    ...(problem.errors && { errors: problem.errors }),
  };
}

/** What is told of an error within the answer to `request`, once it is logged. */
export function problemWithin(error: unknown, request: FastifyRequest) {
  const problem = toProblem(error);
  logProblem(problem, request);
  return problemOf(problem, request);
}

const problemOf = (problem: Problem, request: FastifyRequest) =>
  problemBody(problem, pathOf(request.raw.url), request.id);

/** Tells the operator's log what the caller is not told. */
function logProblem(problem: Problem, request: FastifyRequest): void {
  if (problem.status < 500 || problem.isLogged) return;
  const level = problem.code === 'INTERNAL' ? 'error' : 'warn';
  request.log[level]({ code: problem.code, err: problem.cause ?? problem }, problem.message);
}

/** Sends `problem`, and logs it. */
export function answerProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
  logProblem(problem, request);
  if (reply.sent || reply.raw.headersSent) {
    // A socket is cut; a function, which has sent nothing yet, can still say why.
    reply.raw.destroy(problem);
    return;
  }
  void reply
    .code(problem.status)
    .removeHeader('etag')
    .removeHeader('location')
    .headers(problem.headers)
    .type('application/problem+json')
    .send(JSON.stringify(problemOf(problem, request)));
}
