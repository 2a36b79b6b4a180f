import { describe, expect, test } from 'vitest';
import { bearer, serve } from '../support/api.js';
import { doorsUnderTest } from '../support/doors-under-test.js';
import { expectInvalid, expectProblem } from '../support/problems.js';

describe.each(doorsUnderTest)('refresh tokens over $name', (transport) => {
  const api = serve(transport);
  const refresh = (refreshToken: unknown) => api.post('/v1/auth/refresh', { refreshToken });

  test('are swapped for new ones', async () => {
    const first = await api.join();
    const answer = await refresh(first.refreshToken);
    expect(answer.status, answer.text).toBe(200);
    const { accessToken, refreshToken } = answer.json;
    expect(answer.json).toEqual({ accessToken, tokenType: 'Bearer', expiresIn: 600, refreshToken });
    expect(refreshToken).not.toBe(first.refreshToken);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect((await api.get('/v1/users/me', bearer(accessToken))).json.id).toBe(first.id);
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  test('used twice end their whole family, and no other', async () => {
    const first = await api.join();
    const elsewhere = await api.signIn(first.email);
    const { json: second } = await refresh(first.refreshToken);
    const { json: third } = await refresh(second.refreshToken);
    expectProblem(await refresh(first.refreshToken), 401, 'REFRESH_TOKEN_INVALID');
    expectProblem(await refresh(third.refreshToken), 401, 'REFRESH_TOKEN_INVALID');
    expect((await refresh(elsewhere.refreshToken)).status).toBe(200);
  });

  test('used twice at once succeed at most once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { refreshToken } = await api.signIn(api.admin.email);
      const answers = await Promise.all(Array.from({ length: 4 }, () => refresh(refreshToken)));
      const winners = answers.filter(({ status }) => status === 200);
      expect(winners.length).toBeLessThanOrEqual(1);
      for (const answer of answers.filter(({ status }) => status !== 200))
        expectProblem(answer, 401, 'REFRESH_TOKEN_INVALID');
      // The other uses were replays: the winner's family is over, too.
      if (winners[0])
        expectProblem(await refresh(winners[0].json.refreshToken), 401, 'REFRESH_TOKEN_INVALID');
    }
  });

  test('that are unknown, cut or of another kind are refused', async () => {
    const { refreshToken, accessToken } = await api.join();
    for (const bad of [
      '',
      '.',
      'x',
      accessToken.slice(0, 150),
      refreshToken.slice(0, -1),
      `${refreshToken}x`,
      ` ${refreshToken}`,
      refreshToken.split('.')[0],
      refreshToken.split('.')[1],
      `${'A'.repeat(22)}.${'A'.repeat(43)}`,
      "' OR 1=1 --",
      '\u0000',
    ])
      expectProblem(await refresh(bad), 401, 'REFRESH_TOKEN_INVALID');
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  test('have to be texts of a sane length', async () => {
    for (const bad of [1, null, {}, [], { $ne: '' }, 'x'.repeat(10_000)])
      expectInvalid(await refresh(bad), '/refreshToken');
    expectInvalid(await api.post('/v1/auth/refresh', { refreshToken: 'x', token: 'y' }), '/token');
  });

  test('may be missing: then there is nothing to refresh', async () => {
    expectProblem(await api.post('/v1/auth/refresh'), 401, 'REFRESH_TOKEN_INVALID');
    expectProblem(await api.post('/v1/auth/refresh', {}), 401, 'REFRESH_TOKEN_INVALID');
  });

  test('end at logout, which may be said twice', async () => {
    const { refreshToken } = await api.join();
    const { json } = await refresh(refreshToken);
    for (let time = 0; time < 2; time += 1) {
      const answer = await api.post('/v1/auth/logout', { refreshToken: json.refreshToken });
      expect({ status: answer.status, text: answer.text }).toEqual({ status: 204, text: '' });
    }
    expectProblem(await refresh(json.refreshToken), 401, 'REFRESH_TOKEN_INVALID');
  });

  test('are unknown to a logout of something else', async () => {
    const { refreshToken } = await api.join();
    for (const body of [
      undefined,
      {},
      { refreshToken: 'junk' },
      { refreshToken: `${'A'.repeat(22)}.${'A'.repeat(43)}` },
    ])
      expect((await api.post('/v1/auth/logout', body)).status).toBe(204);
    expect((await refresh(refreshToken)).status).toBe(200);
  });
});
