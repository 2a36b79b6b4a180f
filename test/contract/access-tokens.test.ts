import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { Keyring } from '#dist/auth/keyring.js';
import { bearer, serve } from '../support/api.js';
import { secrets } from '../support/app.js';
import { doorsUnderTest } from '../support/doors-under-test.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problems.js';
import type { Fields } from '../support/transports.js';

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** The server's own key: even the right key signs nothing but what is promised. */
const [key] = new Keyring([secrets[0]]).keys('access-token');

describe.each(doorsUnderTest)('an access token over $name', (transport) => {
  const api = serve(transport, { SECRETS: secrets.join(',') });
  let claims: Record<string, unknown>;
  let header: { alg: string; typ: string; kid: string };
  beforeAll(() => {
    claims = decodeJwt(api.admin.accessToken);
    header = decodeProtectedHeader(api.admin.accessToken) as typeof header;
  });

  const sign = (changedClaims: object, changedHeader: object = {}, bytes: Uint8Array = key.bytes) =>
    new SignJWT({ ...claims, ...changedClaims })
      .setProtectedHeader({ ...header, ...changedHeader })
      .sign(bytes);

  const expectRefused = async (headers: Fields, isInvalid = true) => {
    const answer = await api.get('/v1/users/me', headers);
    expectProblem(answer, 401, 'UNAUTHENTICATED');
    expect(answer.headers['www-authenticate']).toMatch(
      isInvalid ? /^Bearer realm="[^"]+", error="invalid_token"/ : /^Bearer realm="[^"]+"$/,
    );
  };

  test('says who and for how long, never which role or email', async () => {
    expect(Object.keys(claims).sort()).toEqual(['epoch', 'exp', 'iat', 'iss', 'sub']);
    expect(claims.sub).toBe(api.admin.id);
    expect(Number(claims.exp) - Number(claims.iat)).toBe(600);
    expect(header).toEqual({ alg: 'HS256', typ: 'at+jwt', kid: expect.stringMatching(/^[\w-]+$/) });
  });

  test('is what the tests below only change a little', async () => {
    expect((await api.get('/v1/users/me', bearer(await sign({})))).status).toBe(200);
  });

  test('is needed: without one the challenge asks for it', async () => {
    for (const path of ['/v1/users', '/v1/users/me', '/v1/users/count', `/v1/users/${api.admin.id}`]) {
      const answer = await api.get(path);
      expectProblem(answer, 401, 'UNAUTHENTICATED');
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="[^"]+"$/);
    }
    expectProblem(await api.patch(`/v1/users/${api.admin.id}`, { name: 'x' }), 401, 'UNAUTHENTICATED');
    expectProblem(await api.delete(`/v1/users/${api.admin.id}`), 401, 'UNAUTHENTICATED');
  });

  test('in another scheme, or in the URL, is none', async () => {
    const token = api.admin.accessToken;
    for (const authorization of [
      token,
      `Basic ${token}`,
      `Token ${token}`,
      'Bearer',
      'Bearer ',
      `Bearer ${token} x`,
      `Bearer ${token},x`,
      `Bearer "${token}"`,
    ])
      await expectRefused({ authorization });
    for (const name of ['access_token', 'token', 'accessToken'])
      expectProblem(await api.get(`/v1/users/me?${name}=${token}`), 401, 'UNAUTHENTICATED');
    expect((await api.get('/v1/users/me', { authorization: `bearer ${token}` })).status).toBe(200);
  });

  test('that was cut, changed or made up is refused', async () => {
    const [head = '', body = '', signature = ''] = api.admin.accessToken.split('.');
    const flipped = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
    for (const token of [
      'x',
      `${head}.${body}`,
      `${head}.${body}.`,
      `.${body}.${signature}`,
      `${head}.${body}.${signature.slice(0, -2)}`,
      `${head}.${body}.${flipped}`,
      `${head}.${body}.${signature}.${signature}`,
      `${head}.${encode({ ...claims, exp: 9_999_999_999 })}.${signature}`,
      `${encode({ ...header, kid: 'x' })}.${body}.${signature}`,
      `${head}.${'A'.repeat(6_000)}.${signature}`,
      '..',
      '-._~+/',
    ])
      await expectRefused(bearer(token));
  });

  test('signed by nobody is refused', async () => {
    const none = new UnsecuredJWT({ ...claims }).encode();
    await expectRefused(bearer(none));
    await expectRefused(bearer(`${none}x`));
    for (const alg of ['none', 'None', 'NONE', '', 'HS256 '])
      await expectRefused(bearer(`${encode({ ...header, alg })}.${encode(claims)}.`));
  });

  test('of another algorithm is refused, whatever key it names', async () => {
    for (const alg of ['HS384', 'HS512'])
      await expectRefused(bearer(await sign({}, { alg }, randomBytes(64))));
    const long = new Uint8Array(64);
    long.set(key.bytes);
    await expectRefused(bearer(await sign({}, { alg: 'HS512' }, long)));
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const rsa = new SignJWT({ ...claims }).setProtectedHeader({ ...header, alg: 'RS256' });
    await expectRefused(bearer(await rsa.sign(privateKey)));
    const pem = publicKey.export({ type: 'spki', format: 'pem' });
    await expectRefused(bearer(await sign({}, {}, Buffer.from(pem))));
    await expectRefused(
      bearer(
        await sign(
          {},
          { jwk: publicKey.export({ format: 'jwk' }), jku: 'https://evil.example/jwks' },
          randomBytes(32),
        ),
      ),
    );
  });

  test('with an unknown key, or the key of another purpose, is refused', async () => {
    const cursorKey = new Keyring([secrets[0]]).keys('cursor')[0];
    await expectRefused(bearer(await sign({}, {}, randomBytes(32))));
    await expectRefused(bearer(await sign({}, {}, new Uint8Array(32))));
    await expectRefused(bearer(await sign({}, {}, cursorKey.bytes)));
    await expectRefused(bearer(await sign({}, { kid: cursorKey.id }, cursorKey.bytes)));
    for (const kid of ['other', '', '../../secret', "' OR 1=1", undefined])
      await expectRefused(bearer(await sign({}, { kid })));
  });

  test('of the second configured secret holds', async () => {
    const [, older] = new Keyring(secrets).keys('access-token');
    expect(
      (await api.get('/v1/users/me', bearer(await sign({}, { kid: older?.id }, older?.bytes)))).status,
    ).toBe(200);
  });

  test('that expired, never expires or is not yet valid is refused', async () => {
    const now = Math.floor(Date.now() / 1000);
    await expectRefused(bearer(await sign({ exp: now - 1 })));
    await expectRefused(bearer(await sign({ exp: undefined })));
    await expectRefused(bearer(await sign({ nbf: now + 600 })));
    await expectRefused(bearer(await sign({ exp: String(now + 600) })));
  });

  test('that was good a moment ago is refused once it has expired', async () => {
    const exp = Math.floor(Date.now() / 1000) + 2;
    const short = bearer(await sign({ exp }));
    const { status } = await api.get('/v1/users/me', short);
    // Unless the machine has stalled for as long as that.
    if (Date.now() < exp * 1000) expect(status).toBe(200);
    await eventually(() => expectRefused(short));
  });

  test('of another type, issuer, subject or epoch is refused', async () => {
    for (const typ of ['JWT', 'rt+jwt', undefined]) await expectRefused(bearer(await sign({}, { typ })));
    for (const iss of ['other', undefined, ['farebox', 'other']])
      await expectRefused(bearer(await sign({ iss })));
    for (const sub of [undefined, '', 'nobody', '019aa3c4-7d1e-7c3b-9f27-3f1d5c9b2a10', { not: '' }])
      await expectRefused(bearer(await sign({ sub })));
    for (const epoch of [undefined, null, 1, -1, '0', { gte: 0 }])
      await expectRefused(bearer(await sign({ epoch })));
  });

  test('that asks for extensions is refused', async () => {
    await expectRefused(
      bearer(`${encode({ ...header, crit: ['exp'] })}.${encode(claims)}.${'A'.repeat(43)}`),
    );
    await expectRefused(bearer(await sign({}, { b64: true, crit: ['b64'] }).then((token) => `${token}x`)));
  });
});
