/** What counts as JSON: every case of JSONTestSuite (https://github.com/nst/JSONTestSuite) as a body. */
import { describe, expect, test } from 'vitest';
import { serve } from '../support/api.js';
import { jsonCases } from '../support/json-cases.js';
import { expectProblem } from '../support/problems.js';
import { type Answer, socket } from '../support/transports.js';

/** JSON by RFC 8259, and yet refused: RFC 7493 forbids names that come twice, for which parsers differ in what they read. */
const refusedOnPurpose = ['y_object_duplicated_key', 'y_object_duplicated_key_and_value'];
/** No bytes are no body rather than a broken one; whoever needs one says so in the same words. */
const empty = ['n_structure_no_data'];

describe('a body', () => {
  const api = serve(socket);
  /** Each needs an object, which no case is that we would take. */
  const doors: [string, (body: Buffer) => Promise<Answer>][] = [
    ['sign-up', (body) => api.post('/v1/users', body)],
    [
      'a merge patch',
      (body) =>
        api.patch(`/v1/users/${api.admin.id}`, body, {
          ...api.admin.as,
          'content-type': 'application/merge-patch+json',
        }),
    ],
  ];

  test.each(doors)('of %s that is JSON is read, whatever it says', async (_what, send) => {
    for (const { name, body } of jsonCases.filter(({ kind }) => kind === 'y')) {
      const answer = await send(body);
      if (refusedOnPurpose.includes(name)) expectProblem(answer, 400, 'BODY_INVALID');
      // An empty patch changes nothing.
      else if (name === 'y_object_empty' && answer.status === 200) expect(answer.json.id).toBe(api.admin.id);
      else expect([name, answer.status, answer.json.code]).toEqual([name, 400, 'VALIDATION_FAILED']);
    }
  });

  test.each(doors)('of %s that is no JSON is refused as such', async (_what, send) => {
    for (const { name, body } of jsonCases.filter(({ kind }) => kind === 'n')) {
      const answer = await send(body);
      expect([name, answer.status, answer.json?.code]).toEqual([name, 400, 'BODY_INVALID']);
      if (!empty.includes(name)) expectProblem(answer, 400, 'BODY_INVALID');
    }
  });

  test.each(doors)('of %s that some readers take is refused one way or the other', async (_what, send) => {
    for (const { name, body } of jsonCases.filter(({ kind }) => kind === 'i')) {
      const { status, json } = await send(body);
      expect([name, status, json.code]).toEqual([
        name,
        400,
        expect.toBeOneOf(['BODY_INVALID', 'VALIDATION_FAILED']),
      ]);
    }
  });
});

test('the suite is all there', () => {
  const count = (kind: string) => jsonCases.filter((one) => one.kind === kind).length;
  expect([count('y'), count('n'), count('i')]).toEqual([95, 188, 35]);
});
