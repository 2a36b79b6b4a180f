import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newEmail, serve } from '../support/api.js';
import { direct } from '../support/transports.js';

describe('a merge patch', () => {
  const api = serve(direct);

  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
    .filter((text) => text.trim() !== '' && text.isWellFormed() && !/\p{Cc}/u.test(text.trim()));
  const patch = fc.record(
    { name, role: fc.constantFrom('user', 'admin'), email: fc.constant(undefined).map(newEmail) },
    { requiredKeys: [] },
  );

  test('changes the fields it names, leaves the others, and is one version more', async () => {
    const { id } = await api.newUser();
    const path = `/v1/users/${id}`;
    let before = await api.get(path, api.admin.as);
    await fc.assert(
      fc.asyncProperty(patch, async (changes) => {
        const after = await api.patch(path, changes, api.admin.as);
        expect(after.status, after.text).toBe(200);
        const isEmpty = Object.keys(changes).length === 0;
        const given = 'name' in changes ? { ...changes, name: changes.name?.trim() } : changes;
        expect(after.json).toEqual({
          ...before.json,
          ...given,
          updatedAt: isEmpty ? before.json.updatedAt : after.json.updatedAt,
        });
        const version = (etag = '') => Number(etag.replaceAll('"', ''));
        expect(version(after.headers.etag)).toBe(version(before.headers.etag) + (isEmpty ? 0 : 1));
        expect((await api.get(path, api.admin.as)).json).toEqual(after.json);
        before = after;
      }),
      { numRuns: 50 },
    );
  });

  test('with any member that is null, unknown or wrong changes nothing at all', async () => {
    const user = await api.newUser();
    const path = `/v1/users/${user.id}`;
    const broken = fc.oneof(
      fc.tuple(
        fc.constantFrom('name', 'email', 'role', 'password'),
        fc.constantFrom(null, 1, {}, [], true, ''),
      ),
      fc.tuple(
        fc.string().filter((key) => !['name', 'email', 'role', 'password', 'currentPassword'].includes(key)),
        fc.jsonValue(),
      ),
    );
    await fc.assert(
      fc.asyncProperty(patch, broken, async (changes, [key, value]) => {
        const body = Object.defineProperty({ ...changes }, key, { value, enumerable: true });
        const { status, text } = await api.patch(path, body, api.admin.as);
        expect(status, text).toBe(400);
      }),
      { numRuns: 50 },
    );
    expect((await api.get(path, api.admin.as)).json).toEqual(user);
  });
});
