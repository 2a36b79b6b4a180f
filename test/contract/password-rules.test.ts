import { describe, expect, test } from 'vitest';
import { newEmail, serve } from '../support/api.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { direct } from '../support/transports.js';

const emoji = '\u{1f600}';

describe('a password', () => {
  const api = serve(direct);

  test.each([
    '12345678',
    'x'.repeat(128),
    emoji.repeat(8),
    emoji.repeat(128),
    '        ',
    '\t\n\u0001\u007f\u0085\u200b\u202e\ufeff',
  ])('may be %j, and signs in as it is', async (password) => {
    const email = newEmail();
    const answer = await api.signUp({ email, password });
    expect(answer.status, answer.text).toBe(201);
    await api.signIn(email, password);
    expectProblem(
      await api.post('/v1/auth/login', { email, password: `${password} ` }),
      401,
      'CREDENTIALS_WRONG',
    );
  });

  test.each([
    '',
    '1234567',
    emoji.repeat(7),
    'x'.repeat(129),
    emoji.repeat(129),
    '1234\u00005678',
    '12345678\u0000',
    '1234567\ud83d',
  ])('cannot be %j', async (password) => {
    expectInvalid(await api.signUp({ password }), '/password');
  });
});
