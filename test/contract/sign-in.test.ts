import { describe, expect, test } from 'vitest';
import { newEmail, password, serve } from '../support/api.js';
import { doorsUnderTest } from '../support/doors-under-test.js';
import { expectInvalid, expectProblem } from '../support/problems.js';

describe.each(doorsUnderTest)('signing in over $name', (transport) => {
  const api = serve(transport);
  const login = (body: object) => api.post('/v1/auth/login', body);

  test('gives an access token for 10 minutes and a refresh token, and neither may be stored', async () => {
    const { email } = await api.newUser();
    const answer = await login({ email, password });
    expect(answer.status, answer.text).toBe(200);
    const { accessToken, refreshToken } = answer.json;
    expect(answer.json).toEqual({ accessToken, tokenType: 'Bearer', expiresIn: 600, refreshToken });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.cookies).toEqual([]);
    expect((await api.get('/v1/users/me', { authorization: `Bearer ${accessToken}` })).json.email).toBe(
      email,
    );
  });

  test('takes the email in any spelling', async () => {
    const { email } = await api.newUser();
    for (const spelling of [email.toUpperCase(), ` ${email}\t`])
      expect((await login({ email: spelling, password })).status).toBe(200);
  });

  test('answers alike for an unknown email and a wrong password', async () => {
    const { email } = await api.newUser();
    const bodies = [];
    for (const body of [
      { email, password: 'wrong password' },
      { email, password: '' },
      { email, password: 'x'.repeat(500) },
      { email: newEmail(), password },
      { email: 'no address at all', password },
      { email: '', password },
    ]) {
      const answer = await login(body);
      bodies.push({ ...expectProblem(answer, 401, 'CREDENTIALS_WRONG'), requestId: '' });
      expect(answer.headers['server-timing']).toMatch(/hash;dur=/);
    }
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
  });

  test('names the rule for input that is no sign-in at all', async () => {
    const { email } = await api.newUser();
    expectInvalid(await login({ email }), '/password');
    expectInvalid(await login({ password }), '/email');
    expectInvalid(await login({ email: { $ne: null }, password }), '/email');
    expectInvalid(await login({ email, password: { $gt: '' } }), '/password');
    expectInvalid(await login({ email: [email], password }), '/email');
    expectInvalid(await login({ email, password, role: 'admin' }), '/role');
    expectInvalid(await login({ email, password, session: 'forever' }), '/session');
    expectInvalid(await login({ email, password: '1234567\ud800' }), '/password');
    expectInvalid(await login({ email: 'a\ud800@example.org', password }), '/email');
    expectInvalid(await login({ email, password: '1234567\u0000' }), '/password');
    expectInvalid(await login({ email: 'a\u0000@example.org', password }), '/email');
  });

  test('needs no access token, and minds no broken one', async () => {
    const { email } = await api.newUser();
    const answer = await api.post('/v1/auth/login', { email, password }, { authorization: 'Bearer junk' });
    expect(answer.status).toBe(200);
  });
});
