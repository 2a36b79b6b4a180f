import { describe, expect, test } from 'vitest';
import { serve } from '../support/api.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { direct } from '../support/transports.js';

describe('an email', () => {
  const api = serve(direct);

  test.each([
    ['  trimmed@example.org\t', 'trimmed@example.org'],
    ['Mixed.Case@Example.ORG', 'Mixed.Case@example.org'],
    ['cafe\u0301@example.org', 'caf\u00e9@example.org'],
    ['idn@b\u00fccher.example', 'idn@xn--bcher-kva.example'],
    ["o'brien+tag_x%y=z@sub.example.org", "o'brien+tag_x%y=z@sub.example.org"],
    [`${'l'.repeat(64)}@example.org`, `${'l'.repeat(64)}@example.org`],
    ['\u{1f600}@example.org', '\u{1f600}@example.org'],
  ])('%j is shown as %j', async (given, shown) => {
    const answer = await api.signUp({ email: given });
    expect(answer.status, answer.text).toBe(201);
    expect(answer.json.email).toBe(shown);
  });

  test.each([
    ['ada@case.example', 'ADA@CASE.EXAMPLE'],
    ['\u00e9va@form.example', 'E\u0301VA@form.example'],
    ['ada@\u00fcber.example', 'ada@xn--ber-goa.example'],
    ['ada@space.example', ' ada@space.example '],
    ['\u03b1\u03c3@greek.example', '\u0391\u03a3@greek.example'],
  ])('%j is the same as %j', async (first, second) => {
    expect((await api.signUp({ email: first })).status).toBe(201);
    expectProblem(await api.signUp({ email: second }), 409, 'EMAIL_TAKEN');
  });

  test('with another letter is another', async () => {
    for (const email of [
      'ab@letters.example',
      'a.b@letters.example',
      '\u00e4b@letters.example',
      'ab@letters2.example',
    ])
      expect((await api.signUp({ email })).status).toBe(201);
  });

  test.each([
    '',
    ' ',
    'ada',
    'ada@',
    '@example.org',
    'ada@localhost',
    'ada@example..org',
    'ada@.example.org',
    'ada@-example.org',
    'ada@example.org.',
    'ada@127.0.0.1',
    'ada@[127.0.0.1]',
    'ada@0x7f.1',
    'a b@example.org',
    'a..b@example.org',
    '.a@example.org',
    'a.@example.org',
    'a@b@example.org',
    'Ada <ada@example.org>',
    'ada@example.org,eve@example.org',
    'ada@exam ple.org',
    'ada@exam%70le.org',
    'ada@example.org/path',
    'ada@example.org:80',
    'ada\u0000@example.org',
    'ada@example.org\u0000',
    'ada@exa\u0007mple.org',
    'a\u007fda@example.org',
    'a\u0085da@example.org',
    'ada\n@example.org',
    'ada\ud800@example.org',
    '\udc00ada@example.org',
    'ada@ex\ud800ample.org',
    'a\u202eda@example.org',
    'a\u200bda@example.org',
    'ada@xn--a.example',
    'ada@xn--a-.example',
    'ada@xn--0.example',
    `${'l'.repeat(65)}@example.org`,
    `ada@${'d'.repeat(64)}.org`,
    `ada@${'d.'.repeat(126)}org`,
    `${'x'.repeat(100_000)}@example.org`,
  ])('cannot be %j', async (email) => {
    expectInvalid(await api.signUp({ email }), '/email');
  });
});
