import { expect } from 'vitest';
import type { Answer, Json } from './transports.js';

/** Checks that an answer is the problem `code` in its whole form. @param also further members. @returns its body */
export function expectProblem(answer: Answer, status: number, code: string, also: object = {}): Json {
  expect({ status: answer.status, code: answer.json?.code }, answer.text).toEqual({ status, code });
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json(;|$)/);
  const { errors, ...members } = answer.json;
  expect(members).toEqual({
    type: expect.stringMatching(/^\S+$/),
    title: expect.stringMatching(/\S/),
    status,
    detail: expect.stringMatching(/\S/),
    instance: expect.stringMatching(/^\/[^?]*$/),
    code,
    requestId: answer.headers['x-request-id'],
    ...also,
  });
  for (const error of errors ?? [])
    expect(error).toEqual({ detail: expect.stringMatching(/\S/), pointer: expect.any(String) });
  expect(answer.text).not.toMatch(leak);
  return answer.json;
}

/** A stack frame, a path of ours, SQL, or an engine's name: none of a caller's business. */
const leak =
  /\bat .+:\d+:\d+|node_modules|\/src\/|\/dist\/|SELECT |SQLITE|postgres|mysql|mariadb|Prisma|libsql|argon2/i;

/** Checks that input was refused for the one field. */
export function expectInvalid(answer: Answer, pointer: string, code = 'VALIDATION_FAILED'): void {
  const { errors } = expectProblem(answer, 400, code);
  expect(errors?.map((error: Json) => error.pointer)).toEqual([pointer]);
}
