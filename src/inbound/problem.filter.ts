import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerProblem } from './answer-problem.js';
import { toProblem } from './to-problem.js';

/** The one place where errors become answers: Nest's, Fastify's, the database's and our own. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerProblem(toProblem(error), http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}
