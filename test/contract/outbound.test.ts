/** What holds of each outbound route, through each door. What upstreams do to us is in test/outbound. */
import { describe, expect, test } from 'vitest';
import { serve } from '../support/api.js';
import { json, kindCalls, openKindWorld } from '../support/kind-world.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { type Fields, transports } from '../support/transports.js';

const { upstream, environment, upstreamSays } = await openKindWorld();

describe.each(transports)('every outbound route over $name', (transport) => {
  const api = serve(transport, environment);
  const { got, fetched } = kindCalls(api);

  test.each([
    'ftp://example.org/',
    '//example.org/',
    '',
    ' http://example.org/',
    'http://exam ple.org/',
    'http://example.org :80/',
    'http://example.org/\n',
    'http://user:secret@example.org/',
    'http://example.org\\@10.0.0.1/',
    'http:///',
    'http://[::1/',
    'http://example.org:22/',
    'http://example.org:0/',
    'http://example.org:99999/',
    `http://example.org/${'x'.repeat(2_030)}`,
  ])('says where the URL stood that is none: %j', async (url) => {
    expectInvalid(await got(url), 'url', 'URL_INVALID');
    const answer = await fetched({ url });
    expectInvalid(answer, '/url', 'URL_INVALID');
    expect(answer.text).not.toContain('secret');
  });

  test.each([
    'http://10.0.0.1/',
    'http://db/',
    'http://169.254.169.254/latest/',
    'http://vault.internal:22/',
  ])('refuses %s, and does not say why', async (url) => {
    const other = expectProblem(await fetched({ url: 'http://[::1]/' }), 403, 'TARGET_NOT_ALLOWED');
    for (const answer of [await got(url), await fetched({ url })]) {
      const { detail, errors } = expectProblem(answer, 403, 'TARGET_NOT_ALLOWED');
      expect({ detail, errors }).toEqual({ detail: other.detail, errors: undefined });
    }
  });

  test('needs a token, whatever else is wrong', async () => {
    const url = `${upstream.origin}/without-token`;
    for (const as of [{}, { authorization: 'Bearer nonsense' }] as Fields[]) {
      const refusals = [
        await api.get(`/v1/outbound?url=${url}`, as),
        await api.get('/v1/outbound', as),
        await api.call({ method: 'POST', path: '/v1/outbound/fetch', body: { url }, headers: as }),
        await api.call({ method: 'POST', path: '/v1/outbound/fetch', body: {}, headers: as }),
        await api.call({ method: 'POST', path: '/v1/outbound/explain', body: { url }, headers: as }),
      ];
      for (const answer of refusals) expectProblem(answer, 401, 'UNAUTHENTICATED');
    }
    expect(upstream.requests.filter(({ target }) => target === '/without-token')).toEqual([]);
  });

  test.each([
    ['/v1/outbound', 'GET, HEAD, OPTIONS', ['POST', 'PUT', 'PATCH', 'DELETE']],
    ['/v1/outbound/fetch', 'OPTIONS, POST', ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']],
    ['/v1/outbound/explain', 'OPTIONS, POST', ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']],
  ])('%s tells by OPTIONS, and by 405, that it has %s', async (path, allow, others) => {
    const options = await api.call({ method: 'OPTIONS', path });
    expect({ status: options.status, text: options.text, allow: options.headers.allow }).toEqual({
      status: 204,
      text: '',
      allow,
    });
    for (const method of others) {
      const answer = await api.call({ method, path, headers: api.admin.as });
      expect({ method, status: answer.status, allow: answer.headers.allow }).toEqual({
        method,
        status: 405,
        allow,
      });
    }
  });

  test('tells how long the upstream took, also when it failed', async () => {
    const DELAY_MS = 200;
    const timed = [
      await got(upstreamSays({ headers: json, body: '{}', delayMs: DELAY_MS })),
      await got(upstreamSays({ status: 500, delayMs: DELAY_MS })),
      await fetched({ url: upstreamSays({ headers: json, body: '{', delayMs: DELAY_MS }) }),
    ];
    for (const { headers } of timed) {
      const timing = headers['server-timing'] ?? '';
      expect(timing).toMatch(/^app;dur=[\d.]+(, db;dur=[\d.]+)?, upstream;dur=[\d.]+$/);
      const [, appMs, upstreamMs] = /^app;dur=([\d.]+).*upstream;dur=([\d.]+)$/.exec(timing) ?? [];
      // Timers may be a little early.
      expect(Number(upstreamMs)).toBeGreaterThan(DELAY_MS * 0.9);
      expect(Number(upstreamMs)).toBeLessThanOrEqual(Number(appMs));
    }
  });

  test('says nothing of an upstream where there was none', async () => {
    expect((await got('http://example.org:22/')).headers['cache-control']).toBe('private, no-cache');
    const { headers } = await api.get('/v1/outbound', api.admin.as);
    expect(headers['server-timing']).not.toContain('upstream');
  });
});
