/** A problem in the place of an answer that was made and cannot be sent. */
import type { Problem } from '../problem.js';
import { pathOf, problemBody } from './answer-problem.js';

/** What a field says of the request, or of every answer, stays true; these speak of the body that is not sent. */
const ofTheBody =
  /^(content-(?!security-policy).*|etag|last-modified|accept-ranges|expires|age|location|link|retry-after|set-cookie|transfer-encoding|trailer)$/;

interface Instead {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** @param headers of the answer that is not sent, by lower-case name */
export function problemInstead(
  problem: Problem,
  headers: Readonly<Record<string, string>>,
  target: string,
): Instead {
  const kept = Object.entries(headers).filter(([name]) => !ofTheBody.test(name));
  return {
    status: problem.status,
    headers: {
      ...Object.fromEntries(kept),
      ...problem.headers,
      'content-type': 'application/problem+json',
    },
    body: JSON.stringify(problemBody(problem, pathOf(target), headers['x-request-id'] ?? '')),
  };
}
