import { beforeAll, describe, expect, test } from 'vitest';
import { serve } from '../support/api.js';
import { doorsUnderTest } from '../support/doors-under-test.js';
import { expectInvalid } from '../support/problems.js';

const people = [
  ['100% Ada', 'percent@filter.example'],
  ['snake_case', 'snake@filter.example'],
  ['back\\slash', 'under_score@filter.example'],
  ['Zoe\u0308', 'zoe@filter.example'],
  ['\u00c4NNE', 'anne@filter.example'],
  ['\u039f\u03b4\u03c5\u03c3\u03c3\u03b5\u03cd\u03c2', 'odysseus@filter.example'],
  ["O'Hara", 'ohara@filter.example'],
  ['caf\u00e9', 'e.tag@b\u00fccher.example'],
] as const;

describe.each(doorsUnderTest)('filters of the list over $name', (transport) => {
  const api = serve(transport);
  beforeAll(async () => {
    await Promise.all(people.map(([name, email]) => api.newUser({ name, email })));
  });

  /** Names that `query` finds, after the count was found to agree. */
  const find = async (query: Record<string, string>): Promise<string[]> => {
    const text = new URLSearchParams(query);
    const [list, count] = [
      await api.get(`/v1/users?sort=name&limit=100&${text}`, api.admin.as),
      await api.get(`/v1/users/count?${text}`, api.admin.as),
    ];
    expect(list.status, list.text).toBe(200);
    expect(count.json).toEqual({ count: list.json.data.length });
    return list.json.data.map(({ name }: { name: string }) => name);
  };

  test.each([
    ['%', ['100% Ada']],
    ['0%', ['100% Ada']],
    ['_', ['back\\slash', 'snake_case']],
    ['e_c', ['snake_case']],
    ['\\', ['back\\slash']],
    ["'", ["O'Hara"]],
    ['"', []],
    ['*', []],
    ['ohara@', ["O'Hara"]],
    ['OHARA@FILTER', ["O'Hara"]],
    ['ZO\u00cb', ['Zoe\u0308']],
    ['\u00e4nne', ['\u00c4NNE']],
    ['A\u0308NNE', ['\u00c4NNE']],
    ['anne', ['\u00c4NNE']],
    ['xn--bcher', ['caf\u00e9']],
    ['CAFE\u0301', ['caf\u00e9']],
    [' ', ['100% Ada']],
  ])('q=%j is found literally, without regard to case and form', async (q, expected) => {
    expect(await find({ q })).toEqual(expected);
  });

  test.each(['\u039f\u0394\u03a5\u03a3', '\u039f\u0394\u03a5\u03a3\u03a3\u0395\u038e\u03a3', '\u03c3\u03c3'])(
    'q=%j is found in a Greek name wherever its sigmas stand',
    async (q) => {
      expect(await find({ q })).toEqual(['\u039f\u03b4\u03c5\u03c3\u03c3\u03b5\u03cd\u03c2']);
    },
  );

  test.each(['percent@filter.example', 'PERCENT@FILTER.EXAMPLE', ' Percent@filter.example '])(
    'email=%j is exact on the normal form',
    async (email) => {
      expect(await find({ email })).toEqual(['100% Ada']);
    },
  );

  test('email takes no wildcard and no part', async () => {
    for (const email of [
      '%@filter.example',
      'ercent@filter.example',
      'percen_@filter.example',
      '*@filter.example',
    ])
      expect(await find({ email })).toEqual([]);
    expect(await find({ email: 'e.tag@B\u00dcCHER.example' })).toEqual(['caf\u00e9']);
  });

  test('role names the role', async () => {
    expect(await find({ role: 'user' })).toHaveLength(people.length);
    expect(await find({ role: 'admin' })).toHaveLength(1);
  });

  test('filters narrow each other', async () => {
    expect(await find({ q: 'filter.example', email: 'zoe@filter.example', role: 'user' })).toEqual([
      'Zoe\u0308',
    ]);
    expect(await find({ q: 'filter.example', email: 'zoe@filter.example', role: 'admin' })).toEqual([]);
    expect(await find({ q: 'anne', email: 'zoe@filter.example' })).toEqual([]);
  });

  test.each([
    ['q', ''],
    ['q', 'x'.repeat(101)],
    ['q', '\u{1d49c}'.repeat(101)],
    ['q', 'a\u0000b'],
    ['q', 'a\nb'],
    ['email', ''],
    ['email', 'no-address'],
    ['email', 'a\u0000@example.org'],
    ['role', ''],
    ['role', 'root'],
    ['role', 'ADMIN'],
  ])('%s=%j is refused', async (name, value) => {
    const query = new URLSearchParams({ [name]: value });
    expectInvalid(await api.get(`/v1/users?${query}`, api.admin.as), name);
    expectInvalid(await api.get(`/v1/users/count?${query}`, api.admin.as), name);
  });

  test('q may have 100 characters, whatever they become in lower case', async () => {
    for (const letter of ['x', '\u{1d49c}', '\u0130'])
      expect(await find({ q: letter.repeat(100) })).toEqual([]);
  });
});
