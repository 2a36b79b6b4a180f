/** `GET /v1/users` as lines: all that match, one a line, and how many they were. */
import { beforeAll, describe, expect, test } from 'vitest';
import { serve } from '../support/api.js';
import { asLines, linesOf } from '../support/crawls.js';
import { doorsUnderTest } from '../support/doors-under-test.js';
import { addUsers } from '../support/many-users.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { type Answer, direct, type Json, type Transport } from '../support/transports.js';

/** More than two pages of an export. */
const MANY = 1_150;
/** So that pages end among ties, whatever they are sorted by. */
const ties = (index: number) => {
  const createdAt = new Date(Date.UTC(2026, 0, 1 + (index % 3)));
  const name = `n${index % 4}`;
  return { name, nameKey: name, createdAt, updatedAt: createdAt };
};

function serveMany(transport: Transport) {
  const api = serve(transport);
  beforeAll(() => addUsers(api.app, MANY, ties));
  const get = (query: string, headers = {}): Promise<Answer> =>
    api.get(`/v1/users${query}`, { ...api.admin.as, ...headers });
  const exported = async (query: string): Promise<Json[]> => {
    const answer = await get(query, asLines);
    expect(answer.status, answer.text.slice(0, 1_000)).toBe(200);
    return linesOf(answer);
  };
  /** The users on all pages. */
  const paged = async (query: string): Promise<Json[]> => {
    const users: Json[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { json } = await get(`?limit=100${query}${cursor && `&cursor=${cursor}`}`);
      users.push(...json.data);
      cursor = json.nextCursor;
    }
    return users;
  };
  return { api, get, exported, paged };
}

describe.each(doorsUnderTest)('an export of users over $name', (transport) => {
  const { api, get, exported, paged } = serveMany(transport);

  test('has what all pages have, text for text, and ends with their number', async () => {
    const answer = await get('', asLines);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/x-ndjson; charset=utf-8',
      'cache-control': 'private, no-cache',
      vary: 'Accept, Authorization, Origin',
      'x-request-id': expect.any(String),
      'server-timing': expect.stringMatching(/\bdb;dur=/),
    });
    expect(answer.headers.link).toBeUndefined();
    const users = (await paged('')).map((user) => `${JSON.stringify(user)}\n`);
    expect(users).toHaveLength(MANY + 1);
    expect(answer.text).toBe(`${users.join('')}{"end":{"count":${MANY + 1}}}\n`);
  });

  test('has all of them whatever the limit, which must be one all the same', async () => {
    const lines = await exported('?limit=1');
    expect(lines).toHaveLength(MANY + 2);
    expectInvalid(await get('?limit=0', asLines), 'limit');
  });

  test('begins after the cursor of a page', async () => {
    const { json } = await get('?limit=100&sort=name&role=user');
    const rest = await exported(`?sort=name&role=user&cursor=${json.nextCursor}`);
    expect(rest.pop()).toEqual({ end: { count: MANY - 100 } });
    expect([...json.data, ...rest]).toEqual(await paged('&sort=name&role=user'));
    expectProblem(await get(`?sort=email&cursor=${json.nextCursor}`, asLines), 400, 'CURSOR_INVALID');
    expectProblem(await get('?cursor=x', asLines), 400, 'CURSOR_INVALID');
  });

  test('of nobody has the end alone', async () => {
    expect(await exported('?email=nobody@example.org')).toEqual([{ end: { count: 0 } }]);
    expect(await exported('?q=nobody%20at%20all')).toEqual([{ end: { count: 0 } }]);
  });

  test.each([
    ['application/x-ndjson', true],
    ['application/x-ndjson;q=0.9, application/json;q=0.1', true],
    ['application/json, application/x-ndjson', false],
    ['application/x-ndjson;q=0.1, application/json', false],
    ['application/x-ndjson;q=0, */*', false],
    ['*/*', false],
  ])('is what a client asks for with Accept: %s: %s', async (accept, isLines) => {
    const { headers } = await get('?role=admin', { accept });
    expect(headers['content-type']).toBe(`application/${isLines ? 'x-ndjson' : 'json'}; charset=utf-8`);
  });

  test('is for admins alone', async () => {
    const user = await api.join();
    expectProblem(await api.get('/v1/users', { ...user.as, ...asLines }), 403, 'FORBIDDEN');
    expectProblem(await api.get('/v1/users', asLines), 401, 'UNAUTHENTICATED');
    await api.delete(`/v1/users/${user.id}`, user.as);
  });

  test('has a head without the lines', async () => {
    const head = await api.call({
      method: 'HEAD',
      path: '/v1/users',
      headers: { ...api.admin.as, ...asLines },
    });
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
  });
});

describe('an export of users', () => {
  const { exported, paged } = serveMany(direct);
  const sorts = ['createdAt', '-createdAt', 'email', 'name'];
  const filters = ['', '&q=n1', '&q=e&role=user'];
  const queries = sorts.flatMap((sort) => filters.map((filter) => `sort=${sort}${filter}`));

  test.each([
    ...queries,
    'sort=name&role=admin',
    'sort=email&role=user',
    'sort=-createdAt&email=MANY-7@example.org',
  ])('has the users of all pages in their order: %s', async (query) => {
    const lines = await exported(`?${query}`);
    const users = await paged(`&${query}`);
    expect(lines).toEqual([...users, { end: { count: users.length } }]);
    expect(new Set(users.map(({ id }) => id)).size).toBe(users.length);
  });
});
