import { describe, expect, test } from 'vitest';
import { password, serve } from '../support/api.js';
import { doorsUnderTest } from '../support/doors-under-test.js';

describe.each(doorsUnderTest)('every answer over $name', (transport) => {
  const api = serve(transport);
  /** One answer of each kind. */
  const everyKind = async () => [
    await api.get('/v1/users', api.admin.as),
    await api.get('/v1/users/me', { ...api.admin.as, 'if-none-match': '*' }),
    await api.signUp(),
    await api.signUp({ name: '' }),
    await api.post('/v1/auth/login', { email: api.admin.email, password }),
    await api.post('/v1/auth/logout', {}),
    await api.get('/v1/users/me'),
    await api.get('/nothing'),
    await api.get('/v1/users/%'),
    await api.get('/health/live'),
    await api.call({ method: 'OPTIONS', path: '/v1/users' }),
    await api.call({ method: 'PUT', path: '/v1/users' }),
    await api.post('/v1/users', '{', { 'content-type': 'application/json' }),
    await api.post('/v1/users', '{}', { 'content-type': 'text/plain' }),
    await api.get(`/${'x'.repeat(9_000)}`),
  ];

  test('has an id, its time in decimal seconds and where the time went', async () => {
    for (const { status, headers } of await everyKind()) {
      expect({ status, id: headers['x-request-id'] }).toEqual({
        status,
        id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      });
      expect(headers['x-process-time']).toMatch(/^\d+\.\d+$/);
      expect(Number(headers['x-process-time'])).toBeLessThan(10);
      const parts = headers['server-timing']?.split(', ') ?? [];
      for (const part of parts) expect(part).toMatch(/^(app|db|queue|hash);dur=\d+(\.\d+)?$/);
      expect(parts[0]).toMatch(/^app;/);
      const appMs = Number(parts[0]?.split('=')[1]);
      expect(Math.abs(appMs / 1000 - Number(headers['x-process-time']))).toBeLessThan(0.01);
    }
  });

  test('keeps the id the caller gave, when it is a safe one', async () => {
    for (const id of ['a', 'A-Z_0.9', 'x'.repeat(128)])
      for (const path of ['/v1/users/me', '/nothing', '/v1/users/%', '/health/live'])
        expect((await api.get(path, { 'x-request-id': id })).headers['x-request-id']).toBe(id);
    const { json, headers } = await api.get('/v1/users/me', { 'x-request-id': 'my-id' });
    expect([json.requestId, headers['x-request-id']]).toEqual(['my-id', 'my-id']);
  });

  test('has a new id instead of an unsafe one', async () => {
    for (const id of ['', ' ', 'a b', 'x'.repeat(129), 'a/b', 'a\u00e9', '{"a":1}', '<b>', 'a,b', 'a;b', "'"])
      expect((await api.get('/health/live', { 'x-request-id': id })).headers['x-request-id']).toMatch(
        /^[0-9a-f-]{36}$/,
      );
  });

  test('tells the time in the database for a read, and of hashing for a sign-in', async () => {
    const partsOf = (timing = '') => timing.split(', ').map((part) => part.split(';')[0]);
    const read = await api.get('/v1/users/me', api.admin.as);
    expect(partsOf(read.headers['server-timing'])).toEqual(['app', 'db']);
    const login = await api.post('/v1/auth/login', { email: api.admin.email, password });
    expect(partsOf(login.headers['server-timing'])).toEqual(['app', 'db', 'queue', 'hash']);
    expect(Number(/hash;dur=([\d.]+)/.exec(login.headers['server-timing'] ?? '')?.[1])).toBeGreaterThan(1);
    const live = await api.get('/health/live');
    expect(partsOf(live.headers['server-timing'])).toEqual(['app']);
  });

  test('under /v1 is private, and varies with who asks for what from where', async () => {
    for (const answer of await everyKind()) {
      const path = answer.json?.instance ?? '';
      if (!path.startsWith('/v1/') || path.endsWith('%')) continue;
      expect(answer.headers['cache-control']).toMatch(/^(private, no-cache|no-store)$/);
      expect(answer.headers.vary).toBe('Accept, Authorization, Origin');
    }
    const list = await api.get('/v1/users', api.admin.as);
    expect(list.headers).toMatchObject({
      'cache-control': 'private, no-cache',
      vary: 'Accept, Authorization, Origin',
    });
  });

  test('that holds or takes a token must not be stored', async () => {
    for (const [path, body] of [
      ['/v1/auth/login', { email: api.admin.email, password }],
      ['/v1/auth/login', { email: api.admin.email, password: 'wrong' }],
      ['/v1/auth/refresh', { refreshToken: 'x' }],
      ['/v1/auth/logout', { refreshToken: 'x' }],
    ] as const) {
      const { headers } = await api.post(path, body);
      expect(headers).toMatchObject({ 'cache-control': 'no-store', vary: 'Accept, Authorization, Origin' });
    }
  });

  test('has the security headers, and names no software', async () => {
    for (const { headers } of await everyKind()) {
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers.server).toBeUndefined();
      // Plain HTTP on loopback must not pin a developer's browser to HTTPS.
      expect(headers['strict-transport-security']).toBeUndefined();
    }
  });

  test('of JSON says so', async () => {
    for (const answer of await everyKind())
      if (answer.text)
        expect(answer.headers['content-type']).toMatch(/^application\/(problem\+)?json(; charset=utf-8)?$/);
  });
});
