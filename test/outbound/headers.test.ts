/** Which headers go to an upstream, and which come back. */
import { describe, expect, test } from 'vitest';
import { seenBy, serveOutbound } from '../support/outbound-calls.js';

const { api, upstream, fetched, got } = await serveOutbound();

describe('to the upstream', () => {
  test.each(['a\r\nX-Evil: 1', 'a\nb', 'a\rb', 'a\0b', '\r\n', 'a\u007fb', 'snow ☃'])(
    'a value like %j is refused',
    async (value) => {
      const answer = await fetched('/echo?refused', { headers: { 'X-Given': value } });
      expect(answer).toMatchObject({ status: 400, json: { code: 'VALIDATION_FAILED' } });
      expect(upstream.count('/echo?refused')).toBe(0);
    },
  );

  test.each(['X Y', 'X:Y', '', 'X\r\nY', 'ü', 'X\0'])('a name like %j is refused', async (name) => {
    const answer = await fetched('/echo?refused', { headers: { [name]: 'value' } });
    expect(answer).toMatchObject({ status: 400, json: { code: 'VALIDATION_FAILED' } });
    expect(upstream.count('/echo?refused')).toBe(0);
  });

  test('what is meant for APIs is handed on', async () => {
    const headers = {
      Authorization: 'Bearer upstream-token',
      'X-Api-Key': 'key',
      Accept: 'application/json',
      'Accept-Language': 'de',
      'If-None-Match': '"1"',
      Traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    };
    const seen = seenBy(await fetched('/echo', { headers }));
    for (const [name, value] of Object.entries(headers)) expect(seen[name.toLowerCase()]).toBe(value);
  });

  test.each([
    ['Host', 'evil.example'],
    ['Connection', 'keep-alive, X-Given'],
    ['Keep-Alive', 'timeout=9'],
    ['Proxy-Authorization', 'Basic eA=='],
    ['Proxy-Connection', 'keep-alive'],
    ['TE', 'trailers'],
    ['Trailer', 'X-Given'],
    ['Transfer-Encoding', 'chunked'],
    ['Upgrade', 'h2c'],
    ['Content-Length', '999'],
    ['Expect', '100-continue'],
    ['X-Forwarded-For', '10.9.8.7'],
    ['X-Forwarded-Host', 'evil.example'],
    ['X-Forwarded-Proto', 'https'],
    ['Forwarded', 'for=10.9.8.7'],
    ['X-Real-IP', '10.9.8.7'],
    ['Via', '1.1 evil'],
    ['Cookie', 'session=1'],
    ['Origin', 'https://evil.example'],
    ['Referer', 'https://evil.example/'],
    ['User-Agent', 'evil'],
    ['CDN-Loop', 'evil'],
    ['Metadata', 'true'],
    ['Metadata-Flavor', 'Google'],
    ['X-Aws-Ec2-Metadata-Token', 'x'],
    ['X-Http-Method-Override', 'DELETE'],
  ])('%s is never what the caller says', async (name, value) => {
    const answer = await fetched('/echo', { headers: { [name]: value } });
    // Refused, or left out: either way it does not arrive.
    if (answer.status !== 200)
      expect(answer).toMatchObject({ status: 400, json: { code: 'VALIDATION_FAILED' } });
    else expect(seenBy(answer)[name.toLowerCase()] ?? '').not.toBe(value);
  });

  test("the call's own user agent, host and loop guard are sent, and nothing of the caller's connection", async () => {
    const seen = seenBy(await fetched('/echo', { method: 'POST', body: { a: 1 } }));
    expect(seen).toMatchObject({
      host: `127.0.0.1:${upstream.port}`,
      'user-agent': expect.stringMatching(/^Farebox/),
      'cdn-loop': expect.stringMatching(/^farebox/),
    });
    for (const name of ['authorization', 'cookie', 'x-request-id', 'x-forwarded-for', 'via'])
      expect(seen[name]).toBeUndefined();
  });

  test('a request that a Farebox has sent is not sent on', async () => {
    const answer = await api.post(
      '/v1/outbound/fetch',
      { url: `${upstream.origin}/echo?loop` },
      { ...api.admin.as, 'cdn-loop': 'farebox' },
    );
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(509);
    expect(upstream.count('/echo?loop')).toBe(0);
  });
});

/** Of which only our own values, if any, may be seen. */
const dangerous = [
  'content-security-policy',
  'strict-transport-security',
  'clear-site-data',
  'access-control-allow-origin',
  'www-authenticate',
  'proxy-authenticate',
  'alt-svc',
  'refresh',
  'link',
  'location',
  'upgrade',
  'age',
];

describe('from the upstream', () => {
  test.each(['fetch', 'GET'])('none becomes a header of the answer to %s', async (way) => {
    const answer = await (way === 'GET' ? got('/not-ours') : fetched('/not-ours'));
    const own = (await api.get('/v1/users/me', api.admin.as)).headers;
    expect(answer.status).toBe(200);
    expect(answer.cookies).toEqual([]);
    for (const name of dangerous) expect(answer.headers[name]).toBe(own[name]);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.headers['x-request-id']).not.toBe('the-upstream-s');
    expect(answer.headers['server-timing']).not.toContain('upstream-internals');
    expect(answer.headers.vary).not.toContain('X-Whatever');
  });

  test('cookies are not in the body either', async () => {
    const { json } = await fetched('/not-ours');
    expect(json.headers).not.toHaveProperty('set-cookie');
    expect(JSON.stringify(json.headers)).not.toContain('upstream=1');
  });

  test('a page is handed out as JSON, never as a page', async () => {
    const answer = await fetched('/html');
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.json).toMatchObject({
      contentType: expect.stringContaining('text/html'),
      bodyEncoding: 'text',
    });
    expect(await got('/html')).toMatchObject({ status: 502, json: { code: 'UPSTREAM_INVALID' } });
  });

  test.each(['text/html', 'image/svg+xml', 'application/json, text/html', 'text/html;charset=x"'])(
    'an error that claims to be %s is passed through as no such thing',
    async (type) => {
      const answer = await got(`/status?${new URLSearchParams({ code: '404', 'Content-Type': type })}`, {
        errors: 'passthrough',
      });
      expect(answer.headers['content-type']).toMatch(/^application\/(problem\+)?json(; charset=utf-8)?$/);
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
    },
  );
});
