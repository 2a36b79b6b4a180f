import { describe, expect, test } from 'vitest';
import { bearer, password, serve } from '../support/api.js';
import { production } from '../support/app.js';
import { expectProblem } from '../support/problems.js';
import { type Answer, type Fields, transports } from '../support/transports.js';

const host = 'api.example.org';

/** A cookie's name, value and attributes, those in lower case. */
function parseCookie(answer: Answer) {
  expect(answer.cookies).toHaveLength(1);
  const [pair = '', ...attributes] = (answer.cookies[0] as string).split(/; */);
  const [name = '', value = ''] = pair.split('=');
  return { name, value, pair, attributes: attributes.map((attribute) => attribute.toLowerCase()).sort() };
}

describe.each([
  ...transports.map((transport) => ({
    transport,
    where: `development, ${transport.name}`,
    environment: {},
    // The function's door is HTTPS, the others plain HTTP on loopback.
    isSecure: transport.name === 'function event',
  })),
  ...transports.map((transport) => ({
    transport,
    where: `production, ${transport.name}`,
    environment: { ...production, SIGNUP: 'open' },
    isSecure: true,
  })),
])('a cookie session ($where)', ({ transport, environment, isSecure }) => {
  const api = serve(transport, environment);
  const open = async () => {
    const { email } = await api.newUser();
    const answer = await api.post('/v1/auth/login', { email, password, session: 'cookie' }, { host });
    expect(answer.status, answer.text).toBe(200);
    return { answer, cookie: parseCookie(answer) };
  };
  const own = (cookie: string, rest: Fields = {}): Fields => ({
    host,
    cookie,
    origin: `https://${host}`,
    ...rest,
  });

  test('puts the refresh token where neither scripts nor other sites get it', async () => {
    const { answer, cookie } = await open();
    const { accessToken } = answer.json;
    expect(answer.json).toEqual({ accessToken, tokenType: 'Bearer', expiresIn: 600 });
    expect(cookie.name).toBe(isSecure ? '__Host-refresh' : 'refresh');
    expect(cookie.attributes).toEqual(
      ['httponly', 'max-age=2592000', 'path=/', 'samesite=strict', ...(isSecure ? ['secure'] : [])].sort(),
    );
    expect(answer.text).not.toContain(cookie.value);
  });

  test('rotates the cookie at each refresh, and a used one ends the session', async () => {
    const { cookie: first } = await open();
    const answer = await api.post('/v1/auth/refresh', undefined, own(first.pair));
    expect(answer.status, answer.text).toBe(200);
    const second = parseCookie(answer);
    expect(second.value).not.toBe(first.value);
    expect(Object.keys(answer.json).sort()).toEqual(['accessToken', 'expiresIn', 'tokenType']);
    expect((await api.get('/v1/users/me', bearer(answer.json.accessToken))).status).toBe(200);
    expectProblem(await api.post('/v1/auth/refresh', {}, own(first.pair)), 401, 'REFRESH_TOKEN_INVALID');
    expectProblem(await api.post('/v1/auth/refresh', {}, own(second.pair)), 401, 'REFRESH_TOKEN_INVALID');
  });

  test('acts only for pages of this very host', async () => {
    const { cookie } = await open();
    for (const origin of [
      undefined,
      '',
      'null',
      'https://evil.example',
      `https://${host}.evil.example`,
      `https://${host}:8443`,
      'https://example.org',
      `evil.example/${host}`,
      `https://evil.example/${host}`,
    ])
      for (const path of ['/v1/auth/refresh', '/v1/auth/logout']) {
        const headers: Fields = { host, cookie: cookie.pair, ...(origin !== undefined && { origin }) };
        expectProblem(await api.post(path, undefined, headers), 403, 'ORIGIN_MISMATCH');
      }
    expect((await api.post('/v1/auth/refresh', undefined, own(cookie.pair))).status).toBe(200);
  });

  test('ends at logout, which clears the cookie', async () => {
    const { cookie } = await open();
    const answer = await api.post('/v1/auth/logout', undefined, own(cookie.pair));
    expect(answer.status, answer.text).toBe(204);
    const cleared = parseCookie(answer);
    expect({ name: cleared.name, value: cleared.value }).toEqual({ name: cookie.name, value: '' });
    expect(
      cleared.attributes.some((text) => text === 'max-age=0' || text.startsWith('expires=thu, 01 jan 1970')),
    ).toBe(true);
    expectProblem(
      await api.post('/v1/auth/refresh', undefined, own(cookie.pair)),
      401,
      'REFRESH_TOKEN_INVALID',
    );
  });

  test('never signs a business request: that takes the access token', async () => {
    const { cookie } = await open();
    expectProblem(await api.get('/v1/users/me', own(cookie.pair)), 401, 'UNAUTHENTICATED');
  });

  test('a cookie of the other name, or an empty one, is none', async () => {
    const { cookie } = await open();
    const other = isSecure ? 'refresh' : '__Host-refresh';
    for (const pair of [`${other}=${cookie.value}`, 'x=y', '=', ';;;'])
      expectProblem(await api.post('/v1/auth/refresh', undefined, own(pair)), 401, 'REFRESH_TOKEN_INVALID');
    expectProblem(
      await api.post('/v1/auth/refresh', undefined, own(`${cookie.name}=`)),
      401,
      'REFRESH_TOKEN_INVALID',
    );
  });
});
