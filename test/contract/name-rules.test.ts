import { describe, expect, test } from 'vitest';
import { serve } from '../support/api.js';
import { expectInvalid } from '../support/problems.js';
import { direct } from '../support/transports.js';

const astral = '\u{1d49c}';

describe('a name', () => {
  const api = serve(direct);

  test.each([
    ['\t Ada \n', 'Ada'],
    ['A', 'A'],
    ['x'.repeat(255), 'x'.repeat(255)],
    [astral.repeat(255), astral.repeat(255)],
    ['Zoe\u0308 e\u0301', 'Zoe\u0308 e\u0301'],
    ['\u05d0\u05d3\u05d4 \u202egnilcric', '\u05d0\u05d3\u05d4 \u202egnilcric'],
    ['Robert\'); DROP TABLE "User";--', 'Robert\'); DROP TABLE "User";--'],
    ['<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['{"$ne": null}', '{"$ne": null}'],
    ['__proto__', '__proto__'],
  ])('%j is kept as %j', async (given, kept) => {
    const answer = await api.signUp({ name: given });
    expect(answer.status, answer.text).toBe(201);
    expect(answer.json.name).toBe(kept);
    expect((await api.get(`/v1/users/${answer.json.id}`, api.admin.as)).json.name).toBe(kept);
  });

  test.each([
    '',
    '  \t\n ',
    'x'.repeat(256),
    astral.repeat(256),
    'a\u0000b',
    'a\u0000',
    'a\nb',
    'a\tb',
    'a\u001bb',
    'a\u007fb',
    'a\u0085b',
    'a\u009fb',
    '\ud83d',
    'a\ude00b',
    '\ude00\ud83d',
  ])('cannot be %j', async (name) => {
    expectInvalid(await api.signUp({ name }), '/name');
  });
});
