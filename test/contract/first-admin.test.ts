import { describe, expect, test } from 'vitest';
import { Api } from '../support/api.js';
import { doorsUnderTest } from '../support/doors-under-test.js';

describe.each(doorsUnderTest)('the first user over $name', (transport) => {
  test('is admin; later ones are not', async () => {
    const api = new Api(transport, {});
    await api.start({ hasAdmin: false });
    try {
      const roles = [await api.newUser(), await api.newUser(), await api.newUser()].map(({ role }) => role);
      expect(roles).toEqual(['admin', 'user', 'user']);
    } finally {
      await api.stop();
    }
  });

  test('is one winner of several at once', async () => {
    const api = new Api(transport, {});
    await api.start({ hasAdmin: false });
    try {
      const users = await Promise.all(Array.from({ length: 8 }, () => api.newUser()));
      expect(users.map(({ role }) => role).sort()).toEqual(['admin', ...Array(7).fill('user')]);
    } finally {
      await api.stop();
    }
  });
});
