import { beforeAll, describe, expect, test } from 'vitest';
import { serve } from '../support/api.js';
import { doorsUnderTest } from '../support/doors-under-test.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import type { Json } from '../support/transports.js';

/** In code point order; UTF-16 order would put the astral letter before the fullwidth one. */
const names = ['Zed', 'adam', 'eve', '\u00e4da', '\uff21da', '\u{1d49c}da'];

describe.each(doorsUnderTest)('the list of users over $name', (transport) => {
  const api = serve(transport);
  const list = async (query: string): Promise<Json[]> =>
    (await api.get(`/v1/users?${query}`, api.admin.as)).json.data;

  beforeAll(async () => {
    for (const name of [...names].reverse()) await api.newUser({ name, email: `${name}@sorted.example` });
    await Promise.all(Array.from({ length: 15 }, () => api.newUser({ name: 'tie' })));
  });

  test('has 20 a page unless asked otherwise, the oldest first', async () => {
    const { status, json } = await api.get('/v1/users', api.admin.as);
    expect(status).toBe(200);
    expect(Object.keys(json)).toEqual(['data', 'nextCursor']);
    expect(json.data).toHaveLength(20);
    expect(json.data[0].id).toBe(api.admin.id);
    expect(json.nextCursor).toEqual(expect.any(String));
  });

  test.each(['1', '7', '100'])('has as many a page as limit=%s says', async (limit) => {
    expect(await list(`limit=${limit}`)).toHaveLength(Math.min(Number(limit), 22));
  });

  test.each(['0', '101', '-1', '1.5', 'ten', '', '1e1', '0x10', '%2010', '99999999999999999999', 'NaN', '١'])(
    'refuses limit=%s',
    async (limit) => {
      expectInvalid(
        await api.get(`/v1/users?limit=${encodeURI(limit)}`.replace('%25', '%'), api.admin.as),
        'limit',
      );
    },
  );

  test('sorts names by Unicode code point, not by UTF-16 unit or locale', async () => {
    const sorted = await list('sort=name&limit=100');
    expect(sorted.map(({ name }) => name).filter((name) => names.includes(name))).toEqual(names);
  });

  test('sorts emails by Unicode code point', async () => {
    const sorted = await list('sort=email&limit=100');
    const emails = sorted.map(({ email }) => email).filter((email) => email.endsWith('@sorted.example'));
    expect(emails).toEqual(names.map((name) => `${name}@sorted.example`));
  });

  test('breaks ties by id', async () => {
    const ties = (await list('sort=name&limit=100')).filter(({ name }) => name === 'tie').map(({ id }) => id);
    expect(ties).toHaveLength(15);
    expect(ties).toEqual([...ties].sort());
  });

  test('sorts by time of creation, either way', async () => {
    const upwards = (await list('limit=100')).map(({ createdAt, id }) => `${createdAt} ${id}`);
    expect(upwards).toEqual([...upwards].sort());
    const downwards = (await list('sort=-createdAt&limit=100')).map(
      ({ createdAt, id }) => `${createdAt} ${id}`,
    );
    expect(downwards).toEqual([...upwards].reverse());
  });

  test.each([
    '-name',
    '-email',
    'id',
    'updatedAt',
    'passwordHash',
    'name;',
    'name,email',
    '',
    'NAME',
    'createdAt desc',
  ])('refuses sort=%s', async (sort) => {
    expectInvalid(await api.get(`/v1/users?sort=${encodeURIComponent(sort)}`, api.admin.as), 'sort');
  });

  test.each([
    'limit=1&limit=2',
    'sort=name&sort=email',
    'role=user&role=admin',
    'offset=3',
    'email[$ne]=x',
    'where[passwordHash]=x',
    'LIMIT=3',
  ])('refuses ?%s', async (query) => {
    expectProblem(await api.get(`/v1/users?${query}`, api.admin.as), 400, 'VALIDATION_FAILED');
  });

  test('links the next page in a Link header that can be followed as it is', async () => {
    const first = await api.get('/v1/users?limit=8&sort=name&role=user&q=%25', api.admin.as);
    expect(first.headers.link).toBeUndefined();
    const page = await api.get('/v1/users?limit=8&sort=name&role=user&q=example', api.admin.as);
    const [, url] = /^<([^>]+)>; rel="next"$/.exec(page.headers.link ?? '') ?? [];
    const next = await api.get(url as string, api.admin.as);
    const byCursor = await api.get(
      `/v1/users?limit=8&sort=name&role=user&q=example&cursor=${encodeURIComponent(page.json.nextCursor)}`,
      api.admin.as,
    );
    expect(next.json).toEqual(byCursor.json);
    expect(next.json.data[0].name >= page.json.data[7].name).toBe(true);
  });

  test('ends with nextCursor null and no Link', async () => {
    const { json, headers } = await api.get('/v1/users?limit=100', api.admin.as);
    expect(json.nextCursor).toBeNull();
    expect(headers.link).toBeUndefined();
    const exact = await api.get('/v1/users?limit=22', api.admin.as);
    expect(exact.json.nextCursor).toBeNull();
  });

  test('is for admins only', async () => {
    const { id, as } = await api.join({ email: 'outsider@people.example' });
    for (const path of ['/v1/users', '/v1/users/count', '/v1/users?email=outsider@people.example'])
      expectProblem(await api.get(path, as), 403, 'FORBIDDEN');
    expect((await api.delete(`/v1/users/${id}`, as)).status).toBe(204);
  });
});
