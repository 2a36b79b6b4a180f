import { describe, expect, test } from 'vitest';
import { serve } from '../support/api.js';
import { doorsUnderTest } from '../support/doors-under-test.js';
import { expectProblem } from '../support/problems.js';

describe.each(doorsUnderTest)('deleting a user over $name', (transport) => {
  const api = serve(transport);

  test('answers 204 without a body, then 404', async () => {
    const { id } = await api.newUser();
    const answer = await api.delete(`/v1/users/${id}`, api.admin.as);
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 204, text: '' });
    expectProblem(await api.delete(`/v1/users/${id}`, api.admin.as), 404, 'NOT_FOUND');
    expectProblem(await api.get(`/v1/users/${id}`, api.admin.as), 404, 'NOT_FOUND');
    expectProblem(await api.patch(`/v1/users/${id}`, { name: 'x' }, api.admin.as), 404, 'NOT_FOUND');
  });

  test('works for oneself and ends every session', async () => {
    const { id, email, as, refreshToken } = await api.join();
    expect((await api.delete(`/v1/users/${id}`, as)).status).toBe(204);
    expectProblem(await api.get('/v1/users/me', as), 401, 'UNAUTHENTICATED');
    expectProblem(await api.post('/v1/auth/refresh', { refreshToken }), 401, 'REFRESH_TOKEN_INVALID');
    expectProblem(
      await api.post('/v1/auth/login', { email, password: 'correct horse battery' }),
      401,
      'CREDENTIALS_WRONG',
    );
  });

  test('frees the address for somebody with another id', async () => {
    const { id, email } = await api.newUser();
    await api.delete(`/v1/users/${id}`, api.admin.as);
    const again = await api.newUser({ email });
    expect(again.id).not.toBe(id);
  });

  test("answers 404 for others' users and for nobody", async () => {
    const [{ as }, other] = [await api.join(), await api.newUser()];
    for (const id of [other.id, '019aa3c4-7d1e-7c3b-9f27-3f1d5c9b2a10', 'nobody'])
      expectProblem(await api.delete(`/v1/users/${id}`, as), 404, 'NOT_FOUND');
    expect((await api.get(`/v1/users/${other.id}`, api.admin.as)).status).toBe(200);
  });
});
