import { problemInstead } from '../../inbound/problem-instead.js';
import type { Problem } from '../../problem.js';
import type { PlainAnswer, PlainRequest } from './plain.js';

/** The problem in the place of an answer that was made, with `headers`, and cannot be sent. */
export function answerInstead(
  problem: Problem,
  headers: Record<string, string>,
  { path }: PlainRequest,
): PlainAnswer {
  const { status, ...rest } = problemInstead(problem, headers, path);
  return { statusCode: status, ...rest, cookies: [], isBase64Encoded: false };
}
