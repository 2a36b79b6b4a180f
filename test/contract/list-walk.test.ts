import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api } from '../support/api.js';
import { direct, type Json } from '../support/transports.js';

const STABLE = 24;

describe('a walk through all pages while users come and go', () => {
  const api = new Api(direct, {});
  let stable: Json[];
  beforeAll(async () => {
    await api.start({ hasAdmin: true });
    // Names repeat, so that a page often ends among ties.
    stable = await Promise.all(
      Array.from({ length: STABLE }, (_, index) =>
        api.newUser({ name: `n${index % 4}`, email: `s${index}@stable.example` }),
      ),
    );
  });
  afterAll(() => api.stop());

  const key: Record<string, (user: Json) => string> = {
    createdAt: ({ createdAt, id }) => `${createdAt} ${id}`,
    '-createdAt': ({ createdAt, id }) => `${createdAt} ${id}`,
    email: ({ email, id }) => `${email} ${id}`,
    name: ({ name, id }) => `${name} ${id}`,
  };

  test.each([
    ['createdAt', ''],
    ['-createdAt', ''],
    ['email', ''],
    ['name', ''],
    ['name', '&role=user'],
    ['createdAt', '&q=n'],
    ['-createdAt', '&q=n'],
    ['email', '&q=n'],
    ['name', '&q=n&role=user'],
  ])('by %s%s skips and repeats none that stays', async (sort, filter) => {
    const visitors: Json[] = [];
    const seen: Json[] = [];
    let path = `/v1/users?limit=3&sort=${sort}${filter}`;
    for (let round = 0; path; round += 1) {
      const { status, text, json, headers } = await api.get(path, api.admin.as);
      expect(status, text).toBe(200);
      seen.push(...json.data);
      path = /^<(.+)>; rel="next"$/.exec(headers.link ?? '')?.[1] ?? '';
      // Names before, among and after the rest; the page's last row may go, too.
      if (round < 6) visitors.push(await api.newUser({ name: ['a', 'n1', 'zn'][round % 3] }));
      if (round % 2 === 1) {
        const gone = visitors.shift();
        await api.delete(`/v1/users/${gone.id}`, api.admin.as);
      }
    }
    const ids = seen.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const sorted = stable.toSorted((a, b) => (`${key[sort]?.(a)}` < `${key[sort]?.(b)}` ? -1 : 1));
    const expected = sort === '-createdAt' ? sorted.reverse() : sorted;
    const stableIds = new Set(stable.map(({ id }) => id));
    expect(ids.filter((id) => stableIds.has(id))).toEqual(expected.map(({ id }) => id));
  });

  test('by search goes on to the end while matching users vanish under it', async () => {
    const visitors = await Promise.all(Array.from({ length: 30 }, () => api.newUser({ name: 'n-passing' })));
    const walk = async () => {
      const ids: string[] = [];
      for (let path: string | undefined = '/v1/users?limit=2&sort=name&q=n'; path; ) {
        const { json, headers } = await api.get(path, api.admin.as);
        ids.push(...json.data.map(({ id }: Json) => id));
        path = /^<(.+)>; rel="next"$/.exec(headers.link ?? '')?.[1];
      }
      return ids;
    };
    const walks = Promise.all([walk(), walk(), walk(), walk()]);
    for (const { id } of visitors) await api.delete(`/v1/users/${id}`, api.admin.as);
    for (const ids of await walks) expect(ids).toEqual(expect.arrayContaining(stable.map(({ id }) => id)));
  });
});
