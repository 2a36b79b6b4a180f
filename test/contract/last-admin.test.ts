import { describe, expect, test } from 'vitest';
import { serve } from '../support/api.js';
import { doorsUnderTest } from '../support/doors-under-test.js';
import { expectProblem } from '../support/problems.js';

describe.each(doorsUnderTest)('the last admin over $name', (transport) => {
  const api = serve(transport);

  test('can be neither demoted nor removed', async () => {
    const { id, as } = api.admin;
    expectProblem(await api.patch(`/v1/users/${id}`, { role: 'user' }, as), 409, 'LAST_ADMIN');
    expectProblem(await api.patch(`/v1/users/${id}`, { name: 'Half', role: 'user' }, as), 409, 'LAST_ADMIN');
    expectProblem(await api.delete(`/v1/users/${id}`, as), 409, 'LAST_ADMIN');
    expect((await api.get('/v1/users/me', as)).json).toMatchObject({ id, name: 'Ada', role: 'admin' });
    expect((await api.patch(`/v1/users/${id}`, { role: 'admin' }, as)).status).toBe(200);
  });

  test('is not the last while there is another', async () => {
    const [second, third] = [await api.joinAsAdmin(), await api.joinAsAdmin()];
    expect((await api.patch(`/v1/users/${second.id}`, { role: 'user' }, second.as)).json.role).toBe('user');
    expect((await api.delete(`/v1/users/${third.id}`, third.as)).status).toBe(204);
    expectProblem(await api.delete(`/v1/users/${api.admin.id}`, api.admin.as), 409, 'LAST_ADMIN');
  });
});
