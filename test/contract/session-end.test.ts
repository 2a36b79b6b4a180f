import { describe, expect, test } from 'vitest';
import { bearer, password, serve } from '../support/api.js';
import { doorsUnderTest } from '../support/doors-under-test.js';
import { expectProblem } from '../support/problems.js';

describe.each(doorsUnderTest)('what is over is over at once, over $name:', (transport) => {
  const api = serve(transport);

  test("a password change ends the user's access and refresh tokens", async () => {
    const first = await api.join();
    const second = await api.signIn(first.email);
    const change = { password: 'quite another one', currentPassword: password };
    expect((await api.patch(`/v1/users/${first.id}`, change, first.as)).status).toBe(200);
    for (const { as, refreshToken } of [first, second]) {
      expectProblem(await api.get('/v1/users/me', as), 401, 'UNAUTHENTICATED');
      expectProblem(await api.post('/v1/auth/refresh', { refreshToken }), 401, 'REFRESH_TOKEN_INVALID');
    }
    expect(
      (await api.get('/v1/users/me', (await api.signIn(first.email, 'quite another one')).as)).status,
    ).toBe(200);
  });

  test("a password set by an admin ends the user's, not the admin's", async () => {
    const { id, as } = await api.join();
    expect((await api.patch(`/v1/users/${id}`, { password: 'set by admin' }, api.admin.as)).status).toBe(200);
    expectProblem(await api.get('/v1/users/me', as), 401, 'UNAUTHENTICATED');
    expect((await api.get('/v1/users/me', api.admin.as)).status).toBe(200);
  });

  test('a change of name or email ends nothing', async () => {
    const { id, as, refreshToken } = await api.join();
    await api.patch(`/v1/users/${id}`, { name: 'New', email: `new-${id}@example.org` }, api.admin.as);
    expect((await api.get('/v1/users/me', as)).json.name).toBe('New');
    const { json } = await api.post('/v1/auth/refresh', { refreshToken });
    expect((await api.get('/v1/users/me', bearer(json.accessToken))).status).toBe(200);
  });

  test('a sign-in whose user is removed while the password is checked finds nobody', async () => {
    const { id, email } = await api.join();
    // A few at a time in the hasher's queue; the removal does not wait there.
    const answers = Array.from({ length: 40 }, () => api.post('/v1/auth/login', { email, password }));
    expect((await Promise.race(answers)).status).toBe(200);
    expect((await api.delete(`/v1/users/${id}`, api.admin.as)).status).toBe(204);
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses.at(-1)).toBe(401);
    expect(statuses.filter((status) => status !== 200 && status !== 401)).toEqual([]);
  });

  test('deletion ends access', async () => {
    const { id, as, refreshToken } = await api.join();
    await api.delete(`/v1/users/${id}`, api.admin.as);
    const answer = await api.get('/v1/users/me', as);
    expectProblem(answer, 401, 'UNAUTHENTICATED');
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer .*error="invalid_token"/);
    expectProblem(await api.post('/v1/auth/refresh', { refreshToken }), 401, 'REFRESH_TOKEN_INVALID');
  });

  test('promotion and demotion act on tokens that are out', async () => {
    const { id, as } = await api.join();
    expectProblem(await api.get('/v1/users', as), 403, 'FORBIDDEN');
    await api.patch(`/v1/users/${id}`, { role: 'admin' }, api.admin.as);
    expect((await api.get('/v1/users', as)).status).toBe(200);
    await api.patch(`/v1/users/${id}`, { role: 'user' }, api.admin.as);
    expectProblem(await api.get('/v1/users', as), 403, 'FORBIDDEN');
    expectProblem(await api.get(`/v1/users/${api.admin.id}`, as), 404, 'NOT_FOUND');
  });
});
