import { describe, expect, test } from 'vitest';
import { password, serve } from '../support/api.js';
import { expectProblem } from '../support/problems.js';
import { transports } from '../support/transports.js';

const json = { 'content-type': 'application/json' };

describe.each(transports)('a request that cannot be served over $name', (transport) => {
  const api = serve(transport);

  test('names its path without the query', async () => {
    const body = expectProblem(await api.get('/v1/users?secret=1', {}), 401, 'UNAUTHENTICATED');
    expect(body.instance).toBe('/v1/users');
    const notFound = expectProblem(await api.get('/nothing/here?token=abc'), 404, 'NOT_FOUND');
    expect(notFound.instance).toBe('/nothing/here');
  });

  test.each([
    '/nothing',
    '/v1',
    '/v1/',
    '/v1/nothing',
    '/v1/users/a/b',
    '/V1/users',
    '//v1/users',
    '/v1/auth',
    '/v1/auth/login/x',
    '/.env',
    '/health',
    '/v1/users/me/x',
    '/*',
  ])('is 404 at %s, with or without a token', async (path) => {
    expectProblem(await api.get(path), 404, 'NOT_FOUND');
    expectProblem(await api.get(path, api.admin.as), 404, 'NOT_FOUND');
    expectProblem(await api.post(path, {}), 404, 'NOT_FOUND');
  });

  test.each([
    ['PUT', '/v1/users', 'GET, HEAD, OPTIONS, POST'],
    ['DELETE', '/v1/users', 'GET, HEAD, OPTIONS, POST'],
    ['PATCH', '/v1/users', 'GET, HEAD, OPTIONS, POST'],
    ['POST', '/v1/users/me', 'GET, HEAD, OPTIONS'],
    ['PATCH', '/v1/users/me', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/v1/users/count', 'GET, HEAD, OPTIONS'],
    ['POST', '/v1/users/019aa3c4-7d1e-7c3b-9f27-3f1d5c9b2a10', 'DELETE, GET, HEAD, OPTIONS, PATCH'],
    ['PUT', '/v1/users/019aa3c4-7d1e-7c3b-9f27-3f1d5c9b2a10', 'DELETE, GET, HEAD, OPTIONS, PATCH'],
    ['GET', '/v1/auth/login', 'OPTIONS, POST'],
    ['HEAD', '/v1/auth/login', 'OPTIONS, POST'],
    ['PUT', '/v1/auth/refresh', 'OPTIONS, POST'],
    ['DELETE', '/v1/auth/logout', 'OPTIONS, POST'],
    ['POST', '/health/live', 'GET, HEAD, OPTIONS'],
    ['POST', '/health/ready', 'GET, HEAD, OPTIONS'],
    ['POST', '/openapi.json', 'GET, HEAD, OPTIONS'],
    ['TRACE', '/v1/users', 'GET, HEAD, OPTIONS, POST'],
  ])('is 405 with Allow for %s %s', async (method, path, allow) => {
    const answer = await api.call({ method, path });
    expect(answer.status).toBe(405);
    if (method !== 'HEAD') expectProblem(answer, 405, 'METHOD_NOT_ALLOWED');
    expect(answer.headers.allow).toBe(allow);
  });

  test('is 405 also for a method with a body of any kind', async () => {
    const answer = await api.call({
      method: 'PUT',
      path: '/v1/users',
      body: '<x/>',
      headers: { 'content-type': 'application/xml' },
    });
    expectProblem(answer, 405, 'METHOD_NOT_ALLOWED');
  });

  test.each([
    'text/html',
    'application/xml',
    'image/*',
    'application/json;q=0',
    'junk',
    'text/html, application/xhtml+xml',
  ])('is 406 when only %s is wanted', async (accept) => {
    expectProblem(await api.get('/v1/users/me', { ...api.admin.as, accept }), 406, 'NOT_ACCEPTABLE');
  });

  test.each([
    'application/json',
    '*/*',
    'application/*',
    'text/html, */*;q=0.1',
    'application/json;q=0.5',
    'APPLICATION/JSON',
    'application/problem+json',
  ])('may want %s', async (accept) => {
    expect((await api.get('/v1/users/me', { ...api.admin.as, accept })).status).toBe(200);
  });

  test('is 413 when its body is over 256 KiB', async () => {
    const body = JSON.stringify({ email: 'a@example.org', name: 'x'.repeat(256 * 1024), password });
    expectProblem(await api.post('/v1/users', body, json), 413, 'BODY_TOO_LARGE');
    const padded = (bytes: number) => '{}'.padEnd(bytes);
    expectProblem(await api.post('/v1/users', padded(256 * 1024 + 1), json), 413, 'BODY_TOO_LARGE');
    expectProblem(await api.post('/v1/users', padded(256 * 1024), json), 400, 'VALIDATION_FAILED');
  });

  test('is 414 when its URL is over 8,000 characters', async () => {
    expectProblem(await api.get(`/v1/users?q=${'x'.repeat(8_000)}`), 414, 'URI_TOO_LONG');
    expectProblem(await api.get(`/${'x'.repeat(8_000)}`), 414, 'URI_TOO_LONG');
  });

  test('is 404 or 414 when an id is very long', async () => {
    for (const length of [200, 499, 1_000, 7_000]) {
      const answer = await api.get(`/v1/users/${'x'.repeat(length)}`, api.admin.as);
      if (answer.status === 414) expectProblem(answer, 414, 'URI_TOO_LONG');
      else expectProblem(answer, 404, 'NOT_FOUND');
    }
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'text/json',
    'application/jsonp',
    'application/json5',
    'json',
    '/',
    ' ',
    'application/json/x',
  ])('is 415 when its body is %s', async (type) => {
    expectProblem(await api.post('/v1/users', '{}', { 'content-type': type }), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'APPLICATION/JSON',
    'application/json;charset="UTF-8"',
  ])('may have a body of %s', async (type) => {
    expectProblem(await api.post('/v1/users', '{}', { 'content-type': type }), 400, 'VALIDATION_FAILED');
  });

  test.each([
    ' ',
    '{',
    '{"email"}',
    "{'email':1}",
    '{"email":1,}',
    '{"email":undefined}',
    '{"email":NaN}',
    '{"email":01}',
    '{"email":"\u0001"}',
    '{"email":"\\x"}',
    '{}{}',
    '{} x',
    '\ufeff{}',
    '/* c */{}',
    'email=a',
    '<xml/>',
    '\u0000',
    '{"email":"a","email":"b"}',
    '{"email":"a","\\u0065mail":"b"}',
    '{"x":{"a":1,"a":1}}',
    '[{"a":1,"a":1}]',
    '{"__proto__":{"role":"admin"}}',
    '{"x":{"__proto__":1}}',
    '{"\\u005f_proto__":1}',
    `${'['.repeat(33)}${']'.repeat(33)}`,
    `${'{"a":'.repeat(33)}1${'}'.repeat(33)}`,
    '['.repeat(100_000),
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  ])('is 400 when its body is no JSON of ours: %j', async (body) => {
    for (const path of ['/v1/users', '/v1/auth/login', '/v1/auth/refresh'])
      expectProblem(await api.post(path, body, json), 400, 'BODY_INVALID');
    expectProblem(
      await api.patch(`/v1/users/${api.admin.id}`, body, { ...json, ...api.admin.as }),
      400,
      'BODY_INVALID',
    );
  });

  test.each(['/v1/users/%', '/v1/users/%zz', '/v1/users/%E0%A4%A', '/v1/users/%ff', '/%', '/v1/%c0%af'])(
    'is 400 when its URL is malformed: %s',
    async (path) => {
      const answer = await api.get(path, api.admin.as);
      // An HTTP API decodes the path: a percent sign that is left means itself.
      if (transport.name === 'function event') expectProblem(answer, 404, 'NOT_FOUND');
      else expectProblem(answer, 400, 'URL_INVALID');
      expect(answer.headers['x-process-time']).toMatch(/^\d+(\.\d+)?$/);
      expect(answer.headers['server-timing']).toMatch(/^app;dur=/);
    },
  );

  test.each([
    '/v1/users/%00',
    '/v1/users/me%00',
    '/v1/users/%2e%2e',
    '/v1/users/..%2fhealth',
    "/v1/users/'%20OR%201=1",
    '/v1/users/%F0%9F%98%80',
    '/v1/users/null',
    '/v1/users/0',
    '/v1/users/[object%20Object]',
  ])('is 404 for an id that is none: %s', async (path) => {
    expectProblem(await api.get(path, api.admin.as), 404, 'NOT_FOUND');
    expectProblem(await api.patch(path, { name: 'x' }, api.admin.as), 404, 'NOT_FOUND');
    expectProblem(await api.delete(path, api.admin.as), 404, 'NOT_FOUND');
  });
});
