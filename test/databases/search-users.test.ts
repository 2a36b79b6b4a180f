import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countUsersMatching, searchUsers } from '#dist/database/search-users.js';
import { openTemporary, userRow } from '../support/temporary-database.js';

test('pages of a search are the same users, in the same order, as a filter in memory', {
  timeout: 60_000,
}, async () => {
  const { database } = await openTemporary();
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '%', '_', '\\', 'é'), maxLength: 4 });
  const row = fc.record({
    name: text,
    role: fc.constantFrom('user', 'admin'),
    second: fc.integer({ min: 0, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 4, maxLength: 12 }),
      fc.constantFrom('a', 'b', '%', '_', '\\', 'é', 'ab', 'a%', '_b', '@'),
      fc.constantFrom('createdAt', '-createdAt', 'email', 'name'),
      fc.option(fc.constantFrom('user', 'admin'), { nil: undefined }),
      async (rows, q, sort, role) => {
        await database.client.user.deleteMany();
        const users = rows.map(({ name, role, second }, index) => ({
          ...userRow(`u${String(index).padStart(2, '0')}`, { name, nameKey: name, role }),
          name,
          createdAt: new Date(1_700_000_000_000 + second * 1_000),
        }));
        await database.client.user.createMany({ data: users });
        const sortValue = (user: (typeof users)[number]) =>
          sort === 'name' ? user.name : sort === 'email' ? user.email : user.createdAt.toISOString();
        const sign = sort === '-createdAt' ? -1 : 1;
        const expected = users
          .filter(
            (user, index) =>
              (user.name.includes(q) || user.emailKey.includes(q)) && (!role || rows[index]?.role === role),
          )
          .sort(
            (a, b) =>
              sign *
              (Buffer.compare(Buffer.from(sortValue(a)), Buffer.from(sortValue(b))) ||
                (a.id < b.id ? -1 : 1)),
          );
        const found: string[] = [];
        for (;;) {
          const last = users.find(({ id }) => id === found.at(-1));
          const after = last && { value: sortValue(last), id: last.id };
          const page = await searchUsers(database, { q, role, sort, after, limit: 2 });
          found.push(...page.map(({ id }) => id));
          if (page.length < 2) break;
        }
        expect(found).toEqual(expected.map(({ id }) => id));
        expect(await countUsersMatching(database, { q, role })).toBe(expected.length);
      },
    ),
    { numRuns: 80 },
  );
});
