import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bearer, newEmail, serve } from '../support/api.js';
import { makePlace } from '../support/app.js';
import { doorsUnderTest } from '../support/doors-under-test.js';
import { startServer } from '../support/server.js';
import type { Answer } from '../support/transports.js';

const planted = 'planted-Pa55word-7c1f';

/** Each call of the API once, well and badly, with planted secrets. */
async function tour(
  call: (path: string, method?: string, body?: unknown, headers?: object) => Promise<Answer>,
) {
  const email = newEmail();
  const user = await call('/v1/users', 'POST', { email, name: 'Ada', password: planted });
  const login = await call('/v1/auth/login', 'POST', { email, password: planted });
  const as = bearer(login.json.accessToken);
  const path = `/v1/users/${user.json.id}`;
  const refreshed = await call('/v1/auth/refresh', 'POST', { refreshToken: login.json.refreshToken });
  const answers = [
    user,
    await call('/v1/users/me', 'GET', undefined, as),
    await call(path, 'GET', undefined, as),
    await call(path, 'PATCH', { name: 'Eve' }, as),
    await call(path, 'PATCH', { name: 'Eve', currentPassword: planted, passwordHash: planted }, as),
    await call(path, 'PATCH', { email: newEmail(), currentPassword: `${planted}-wrong` }, as),
    await call('/v1/users', 'POST', { email, name: 'Ada', password: planted }),
    await call('/v1/users', 'POST', { email, name: '', password: planted, [planted.slice(0, 3)]: 1 }),
    await call('/v1/users', 'POST', `{"password":"${planted}",`, { 'content-type': 'application/json' }),
    await call('/v1/auth/login', 'POST', { email, password: `${planted}-wrong` }),
    await call('/v1/auth/refresh', 'POST', { refreshToken: login.json.refreshToken }),
    await call(`/v1/users?api_key=${planted}`, 'GET', undefined, as),
    await call(`/v1/users/${planted}`, 'GET', undefined, bearer(planted)),
    await call(path, 'DELETE', undefined, as),
  ];
  return {
    answers,
    tokens: [login, refreshed].flatMap(({ json }) => [json.accessToken, json.refreshToken] as string[]),
  };
}

describe.each(doorsUnderTest)('no answer over $name', (transport) => {
  const api = serve(transport);

  test('ever holds a password, its hash or a token that was not just made', async () => {
    const { answers, tokens } = await tour((path, method = 'GET', body, headers = {}) =>
      api.call({ method, path, body, headers: headers as never }),
    );
    answers.push(
      await api.get('/v1/users?limit=100', api.admin.as),
      await api.get('/v1/users?q=example', api.admin.as),
    );
    for (const { text, headers } of answers) {
      const whole = text.replace(`"instance":"/v1/users/${planted}"`, '') + JSON.stringify(headers);
      expect(whole).not.toContain(planted);
      expect(whole).not.toMatch(/\$argon2|"passwordHash":|emailKey|nameKey|sessionEpoch":/);
      for (const token of tokens) expect(whole).not.toContain(token);
    }
  });
});

test('no log line and no file holds a password or a token', async () => {
  const place = await makePlace();
  const server = await startServer({ ...place.env, LOG_LEVEL: 'trace' });
  const { tokens } = await tour((path, method = 'GET', body, headers = {}) =>
    server.call({ method, path, body, headers: { ...headers } as never }),
  );
  const { stdout, stderr } = await server.stop();
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  expect(lines.length).toBeGreaterThan(14);
  for (const line of lines)
    expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), time: expect.any(String) });
  const files = await Promise.all(
    (await readdir(place.path)).map((name) => readFile(join(place.path, name), 'latin1')),
  );
  const refreshSecrets = tokens
    .filter((token) => token.split('.').length === 2)
    .map((token) => token.split('.')[1] as string);
  for (const text of [stdout, stderr, ...files]) {
    expect(text).not.toContain(planted);
    for (const token of [...tokens, ...refreshSecrets]) expect(text.includes(token)).toBe(false);
  }
  expect(stdout).not.toMatch(/\$argon2/);
  await place.remove();
});
