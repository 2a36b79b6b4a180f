/** Redirects are followed, and take no more with them than they may. */
import { describe, expect, test } from 'vitest';
import { seenBy, serveOutbound } from '../support/outbound-calls.js';

const { upstream, other, fetched, got } = await serveOutbound();

const redirectTo = (to: string, status = 302) =>
  `/redirect?${new URLSearchParams({ to, status: `${status}` })}`;
const secret = { Authorization: 'Bearer upstream-token', 'X-Api-Key': 'key' };

test('five are followed, and counted; not six', async () => {
  expect(await fetched('/redirects?n=5')).toMatchObject({
    status: 200,
    json: { status: 200, redirects: 5, url: `${upstream.origin}/echo` },
  });
  expect(await fetched('/redirects?n=6')).toMatchObject({
    status: 502,
    json: { code: 'TOO_MANY_REDIRECTS' },
  });
});

test('one without a Location is an answer', async () => {
  expect(await fetched('/redirect-without-location')).toMatchObject({
    status: 200,
    json: { status: 302, redirects: 0, body: { moved: 'nowhere' } },
  });
});

describe("the caller's headers", () => {
  test('go on to the same origin', async () => {
    const seen = seenBy(await fetched(redirectTo('/echo'), { headers: secret }));
    expect(seen).toMatchObject({ authorization: secret.Authorization, 'x-api-key': 'key' });
  });

  test.each([301, 302, 303, 307, 308])('do not go on to another after a %i', async (status) => {
    const seen = seenBy(await fetched(redirectTo(`${other.origin}/echo`, status), { headers: secret }));
    expect(seen).not.toHaveProperty('authorization');
    expect(seen).not.toHaveProperty('x-api-key');
  });

  test('do not come back with a redirect that leads home again', async () => {
    const home = `${other.origin}${redirectTo(`${upstream.origin}/echo`)}`;
    const answer = await fetched(redirectTo(home), { headers: secret });
    expect(answer.json.redirects).toBe(2);
    expect(seenBy(answer)).not.toHaveProperty('authorization');
    expect(seenBy(answer)).not.toHaveProperty('x-api-key');
  });
});

describe('a POST', () => {
  const post = { method: 'POST', body: { planted: 'body' } };

  test.each([301, 302, 303])('becomes a GET without a body by %i', async (status) => {
    const answer = await fetched(redirectTo('/echo', status), post);
    expect(answer.json.body).toMatchObject({ method: 'GET', body: '' });
    expect(seenBy(answer)).not.toHaveProperty('content-type');
    expect(seenBy(answer)['content-length'] ?? '0').toBe('0');
  });

  test.each([307, 308])('stays one by %i at the same origin', async (status) => {
    const answer = await fetched(redirectTo('/echo', status), post);
    expect(answer.json.body).toMatchObject({ method: 'POST', body: '{"planted":"body"}' });
  });

  test.each([307, 308])('is never sent to another origin by %i', async (status) => {
    const target = `/echo?body=${status}`;
    const answer = await fetched(redirectTo(other.origin + target, status), post);
    expect(answer.text).not.toContain('planted');
    if (answer.status === 200) expect(answer.json.status).toBe(status);
    else expect(answer.status).toBe(502);
    expect(other.count(target)).toBe(0);
  });
});

describe('a redirect to a target that is not allowed', () => {
  test.each([
    'http://127.0.0.1:1/',
    'http://10.0.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]/',
    'http://2130706433/',
    'http://localhost/',
  ])('is refused: %s', async (to) => {
    const answer = await fetched(redirectTo(to));
    expect([400, 403, 502]).toContain(answer.status);
    expect(['TARGET_NOT_ALLOWED', 'UPSTREAM_INVALID', 'URL_INVALID']).toContain(answer.json.code);
  });

  test.each(['file:///etc/passwd', 'gopher://127.0.0.1/', 'data:application/json,{}', 'ftp://127.0.0.1/'])(
    'is no redirect at all: %s',
    async (to) => {
      for (const answer of [await fetched(redirectTo(to)), await got(redirectTo(to))]) {
        expect(answer.status).toBe(502);
        expect(answer.json.code).toBe('UPSTREAM_INVALID');
      }
    },
  );
});
