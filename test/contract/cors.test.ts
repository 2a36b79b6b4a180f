import { describe, expect, test } from 'vitest';
import { serve } from '../support/api.js';
import { transports } from '../support/transports.js';

const own = 'https://app.example.org';
const other = 'https://evil.example';
const corsFields = (headers: Record<string, string | undefined>) =>
  Object.keys(headers).filter((name) => name.startsWith('access-control-'));

describe.each(transports)('pages of other origins over $name', (transport) => {
  describe('without CORS_ORIGINS', () => {
    const api = serve(transport);

    test('may read nothing', async () => {
      for (const answer of [
        await api.get('/v1/users/me', { ...api.admin.as, origin: own }),
        await api.get('/health/live', { origin: own }),
        await api.call({
          method: 'OPTIONS',
          path: '/v1/users',
          headers: { origin: own, 'access-control-request-method': 'POST' },
        }),
      ])
        expect(corsFields(answer.headers)).toEqual([]);
    });
  });

  describe('with CORS_ORIGINS', () => {
    const api = serve(transport, { CORS_ORIGINS: `${own}, http://127.0.0.1:5173` });
    const preflight = (origin: string, method = 'PATCH', path = '/v1/users/me') =>
      api.call({
        method: 'OPTIONS',
        path,
        headers: {
          origin,
          'access-control-request-method': method,
          'access-control-request-headers': 'authorization,content-type,if-match',
        },
      });

    test('may call when they are listed', async () => {
      for (const origin of [own, 'http://127.0.0.1:5173']) {
        const answer = await api.get('/v1/users/me', { ...api.admin.as, origin });
        expect(answer.status).toBe(200);
        expect(answer.headers['access-control-allow-origin']).toBe(origin);
        expect(answer.headers.vary).toBe('Accept, Authorization, Origin');
        expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
      }
    });

    test('may read the headers this API speaks of', async () => {
      const { headers } = await api.get('/v1/users/me', { ...api.admin.as, origin: own });
      const exposed = headers['access-control-expose-headers']?.split(', ').map((name) => name.toLowerCase());
      for (const name of [
        'etag',
        'link',
        'location',
        'retry-after',
        'server-timing',
        'x-process-time',
        'x-request-id',
      ])
        expect(exposed).toContain(name);
    });

    test('may read problems, too', async () => {
      for (const path of ['/v1/users/me', '/nothing']) {
        const answer = await api.get(path, { origin: own });
        expect(answer.status).toBeGreaterThanOrEqual(401);
        expect(answer.headers['access-control-allow-origin']).toBe(own);
      }
    });

    test('are told by preflight what they may send', async () => {
      const { status, headers, text } = await preflight(own);
      expect({ status, text }).toEqual({ status: 204, text: '' });
      expect(headers['access-control-allow-origin']).toBe(own);
      const methods = headers['access-control-allow-methods']?.split(', ') ?? [];
      for (const method of ['GET', 'POST', 'PATCH', 'DELETE']) expect(methods).toContain(method);
      const fields = headers['access-control-allow-headers']?.toLowerCase() ?? '';
      for (const name of ['authorization', 'content-type', 'if-match']) expect(fields).toContain(name);
    });

    test.each([
      other,
      'null',
      `${own}.evil.example`,
      'http://app.example.org',
      `${own}:8443`,
      'https://APP.example.org.',
      '',
    ])('may read nothing when they are not listed: %s', async (origin) => {
      expect(
        (await api.get('/v1/users/me', { ...api.admin.as, origin })).headers['access-control-allow-origin'],
      ).toBeUndefined();
      expect((await preflight(origin)).headers['access-control-allow-origin']).toBeUndefined();
    });

    test('make OPTIONS no worse for everybody else', async () => {
      const answer = await api.call({ method: 'OPTIONS', path: '/v1/users' });
      expect({ status: answer.status, allow: answer.headers.allow }).toEqual({
        status: 204,
        allow: 'GET, HEAD, OPTIONS, POST',
      });
      expect((await api.call({ method: 'OPTIONS', path: '/nothing' })).status).toBe(404);
      const odd = await api.call({ method: 'OPTIONS', path: '/v1/users', headers: { origin: own } });
      expect({ status: odd.status, allow: odd.headers.allow }).toEqual({
        status: 204,
        allow: 'GET, HEAD, OPTIONS, POST',
      });
    });
  });
});
