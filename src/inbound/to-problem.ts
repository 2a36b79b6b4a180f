/** Every error that can reach the edge, as the problem the caller is told. */
import { HttpException } from '@nestjs/common';
import { databaseProblem } from '../database/problems.js';
import { Problem, type ProblemCode } from '../problem.js';

/** Fastify's own errors that are the caller's doing (https://fastify.dev/docs/latest/Reference/Errors/). */
const fastifyProblems: Record<string, [ProblemCode, string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['BODY_TOO_LARGE', 'The body may have at most 1 MiB.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['UNSUPPORTED_MEDIA_TYPE', 'Send application/json.'],
  FST_ERR_CTP_INVALID_TYPE: ['UNSUPPORTED_MEDIA_TYPE', 'Send application/json.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['BODY_INVALID', 'The body is empty; JSON was announced.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['BAD_REQUEST', 'Content-Length does not match the body.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['BODY_INVALID', 'The body is not valid JSON.'],
  FST_ERR_BAD_URL: ['URL_INVALID', 'The URL holds a malformed percent-encoding.'],
  FST_ERR_ASYNC_CONSTRAINT: ['BAD_REQUEST', 'The request cannot be routed.'],
  FST_ERR_MAX_PARAM_LENGTH: ['URI_TOO_LONG', 'A part of the path is too long.'],
};

const byStatus: Record<number, ProblemCode> = {
  400: 'BAD_REQUEST',
  404: 'NOT_FOUND',
  408: 'REQUEST_TIMEOUT',
  413: 'BODY_TOO_LARGE',
  414: 'URI_TOO_LONG',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  417: 'EXPECTATION_FAILED',
  431: 'HEADERS_TOO_LARGE',
};

export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const fromDatabase = databaseProblem(error);
  if (fromDatabase) return fromDatabase;

  const { code, statusCode } = (error ?? {}) as { code?: string; statusCode?: number };
  const known = code === undefined ? undefined : fastifyProblems[code];
  if (known) return new Problem(known[0], known[1], { cause: error });

  const status = error instanceof HttpException ? error.getStatus() : statusCode;
  const byItsStatus = status === undefined ? undefined : byStatus[status];
  if (byItsStatus)
    return new Problem(byItsStatus, 'The request cannot be served as it was sent.', { cause: error });

  return new Problem('INTERNAL', 'The request failed. Its id helps the operator find out why.', {
    cause: error,
  });
}
