import { describe, expect, test } from 'vitest';
import { newEmail, password, serve } from '../support/api.js';
import { doorsUnderTest } from '../support/doors-under-test.js';
import { expectInvalid, expectProblem } from '../support/problems.js';

describe.each(doorsUnderTest)("changing one's own email or password over $name", (transport) => {
  const api = serve(transport);

  test('needs the current password', async () => {
    const { id, email, as } = await api.join();
    for (const change of [{ email: newEmail() }, { password: 'another password' }, { email, name: 'x' }])
      for (const proof of [
        {},
        { currentPassword: 'wrong' },
        { currentPassword: '' },
        { currentPassword: `${password}\u0000` },
      ]) {
        const answer = await api.patch(`/v1/users/${id}`, { ...change, ...proof }, as);
        if (answer.status === 400) expectInvalid(answer, '/currentPassword');
        else
          expect(expectProblem(answer, 403, 'CURRENT_PASSWORD_WRONG').errors[0].pointer).toBe(
            '/currentPassword',
          );
      }
    expect((await api.get('/v1/users/me', as)).json).toMatchObject({ email, name: 'Ada' });
  });

  test('works with the current password', async () => {
    const { id, as } = await api.join();
    const email = newEmail();
    const moved = await api.patch(`/v1/users/${id}`, { email, currentPassword: password }, as);
    expect(moved.json?.email, moved.text).toBe(email);
    const changed = await api.patch(
      `/v1/users/${id}`,
      { password: 'a new password', currentPassword: password },
      as,
    );
    expect(changed.status, changed.text).toBe(200);
    await api.signIn(email, 'a new password');
    expectProblem(await api.post('/v1/auth/login', { email, password }), 401, 'CREDENTIALS_WRONG');
  });

  test('holds for admins, too', async () => {
    const { id, as } = api.admin;
    expectProblem(
      await api.patch(`/v1/users/${id}`, { password: 'another one' }, as),
      403,
      'CURRENT_PASSWORD_WRONG',
    );
  });

  test("is not needed by an admin for somebody else's", async () => {
    const { id } = await api.newUser();
    const email = newEmail();
    const answer = await api.patch(`/v1/users/${id}`, { email, password: 'set by admin' }, api.admin.as);
    expect(answer.status, answer.text).toBe(200);
    await api.signIn(email, 'set by admin');
  });

  test('obeys the rules of a new password', async () => {
    const { id, as } = await api.join();
    for (const bad of ['short', 'x'.repeat(129), '1234\u00005678', '1234567\ud800'])
      expectInvalid(
        await api.patch(`/v1/users/${id}`, { password: bad, currentPassword: password }, as),
        '/password',
      );
  });
});
