/** Every error that can reach the edge, as the problem the caller is told. */
import { HttpException } from '@nestjs/common';
import { databaseProblem } from '../database/problems.js';
import { Problem, type ProblemCode } from '../problem.js';

/** Errors of Fastify and Nest by their status: Nest keeps no more of most than that. */
const byStatus: Record<number, [ProblemCode, string]> = {
  400: ['BAD_REQUEST', 'The request cannot be served as it was sent.'],
  // What serves the page's files says so of a path that leaves their folder.
  403: ['NOT_FOUND', 'There is nothing at this path.'],
  404: ['NOT_FOUND', 'There is nothing at this path.'],
  408: ['REQUEST_TIMEOUT', 'The request did not arrive in time.'],
  413: ['BODY_TOO_LARGE', 'A body may have at most 256 KiB, one for /v1/outbound 1 MiB.'],
  414: ['URI_TOO_LONG', 'A part of the path is too long.'],
  415: ['UNSUPPORTED_MEDIA_TYPE', 'Send the body with Content-Type: application/json.'],
};

export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const fromDatabase = databaseProblem(error);
  if (fromDatabase) return fromDatabase;

  const { code, statusCode } = (error ?? {}) as { code?: string; statusCode?: number };
  if (code === 'FST_ERR_BAD_URL')
    return new Problem('URL_INVALID', 'The URL holds a malformed percent-encoding.', { cause: error });
  const status = error instanceof HttpException ? error.getStatus() : statusCode;
  const known =
    status !== undefined && status >= 400 && status < 500 ? (byStatus[status] ?? byStatus[400]) : undefined;
  if (known) return new Problem(...known, { cause: error });

  return new Problem('INTERNAL', 'The request failed. Its id helps the operator find out why.', {
    cause: error,
  });
}
