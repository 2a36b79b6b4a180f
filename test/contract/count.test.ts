import { describe, expect, test } from 'vitest';
import { serve } from '../support/api.js';
import { doorsUnderTest } from '../support/doors-under-test.js';
import { expectInvalid } from '../support/problems.js';

describe.each(doorsUnderTest)('the count of users over $name', (transport) => {
  const api = serve(transport);
  const count = async (query = '') => (await api.get(`/v1/users/count${query}`, api.admin.as)).json;

  test('follows users as they come and go', async () => {
    const { count: before } = await count();
    const { id } = await api.newUser();
    expect(await count()).toEqual({ count: before + 1 });
    await api.delete(`/v1/users/${id}`, api.admin.as);
    expect(await count()).toEqual({ count: before });
  });

  test('takes the filters of the list', async () => {
    const { email } = await api.newUser({ name: 'counted once' });
    expect(await count(`?email=${email}`)).toEqual({ count: 1 });
    expect(await count('?q=COUNTED')).toEqual({ count: 1 });
    expect(await count('?role=admin')).toEqual({ count: 1 });
    expect(await count('?q=nobody-has-this')).toEqual({ count: 0 });
  });

  test.each(['limit', 'cursor', 'sort', 'unknown'])('knows no %s', async (name) => {
    expectInvalid(await api.get(`/v1/users/count?${name}=1`, api.admin.as), name);
  });
});
