import { describe, expect, test } from 'vitest';
import { serve } from '../support/api.js';
import { transports } from '../support/transports.js';

describe.each(transports)('every route over $name', (transport) => {
  const api = serve(transport);

  test.each([
    '/v1/users',
    '/v1/users?limit=1',
    '/v1/users/count',
    '/v1/users/me',
    '/health/live',
    '/health/ready',
    '/openapi.json',
  ])('answers HEAD %s as GET, without the body', async (path) => {
    const [get, head] = [
      await api.get(path, api.admin.as),
      await api.call({ method: 'HEAD', path, headers: api.admin.as }),
    ];
    expect(head.status).toBe(200);
    expect(head.text).toBe('');
    for (const name of ['content-type', 'content-length', 'etag', 'cache-control', 'vary', 'link'])
      expect({ name, value: head.headers[name] }).toEqual({ name, value: get.headers[name] });
  });

  test('answers HEAD with the status that GET would have', async () => {
    const statusOf = async (path: string, headers = {}) =>
      (await api.call({ method: 'HEAD', path, headers })).status;
    expect(await statusOf('/v1/users/me')).toBe(401);
    expect(await statusOf('/nothing')).toBe(404);
    expect(await statusOf('/v1/users?limit=0', api.admin.as)).toBe(400);
    expect(await statusOf('/v1/users/me', { ...api.admin.as, 'if-none-match': '*' })).toBe(304);
    expect(await statusOf('/v1/users/me', { ...api.admin.as, accept: 'text/html' })).toBe(406);
  });

  test.each([
    ['/v1/users', 'GET, HEAD, OPTIONS, POST'],
    ['/v1/users/count', 'GET, HEAD, OPTIONS'],
    ['/docs/swagger-ui.css', 'GET, HEAD, OPTIONS'],
    ['/v1/users/me', 'GET, HEAD, OPTIONS'],
    ['/v1/users/019aa3c4-7d1e-7c3b-9f27-3f1d5c9b2a10', 'DELETE, GET, HEAD, OPTIONS, PATCH'],
    ['/v1/users/anything', 'DELETE, GET, HEAD, OPTIONS, PATCH'],
    ['/v1/auth/login', 'OPTIONS, POST'],
    ['/v1/auth/refresh', 'OPTIONS, POST'],
    ['/v1/auth/logout', 'OPTIONS, POST'],
    ['/v1/outbound/batch', 'OPTIONS, POST'],
    ['/v1/outbound/crawl', 'OPTIONS, POST'],
    ['/health/live', 'GET, HEAD, OPTIONS'],
    ['/health/ready', 'GET, HEAD, OPTIONS'],
    ['/openapi.json', 'GET, HEAD, OPTIONS'],
    ['/metrics', 'GET, HEAD, OPTIONS'],
  ])('tells by OPTIONS what can be done at %s, to anybody', async (path, allow) => {
    const answer = await api.call({ method: 'OPTIONS', path });
    expect({ status: answer.status, text: answer.text, allow: answer.headers.allow }).toEqual({
      status: 204,
      text: '',
      allow,
    });
    expect(answer.headers['x-request-id']).toBeDefined();
  });

  test('takes no empty id for an id, by whichever method', async () => {
    for (const method of ['GET', 'PUT', 'POST', 'OPTIONS', 'DELETE'])
      expect(await api.call({ method, path: '/v1/users/', headers: api.admin.as })).toMatchObject({
        status: 404,
        json: { code: 'NOT_FOUND' },
      });
  });

  test('is 404 by OPTIONS where there is nothing', async () => {
    expect((await api.call({ method: 'OPTIONS', path: '/nothing' })).status).toBe(404);
  });
});
