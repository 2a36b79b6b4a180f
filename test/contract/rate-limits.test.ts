/** How often what may be done, by whom, and what answers tell of it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queryDatabase } from '../../scripts/query-database.js';
import { Api, bearer, newEmail, password, serve, serveEmpty } from '../support/api.js';
import { makePlace, type Place } from '../support/app.js';
import { doorsUnderTest } from '../support/doors-under-test.js';
import { engineUnderTest } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problems.js';
import { run, type Server, startServer } from '../support/server.js';
import { type Answer, direct, type Fields, socket } from '../support/transports.js';

const wrong = 'not the right password';
const limited = { UNSAFE_RATE_LIMIT_OFF: '0' };

/** What an answer tells of one limit after another: name, count, seconds and what is left. */
type Told = [name: string, count: number, seconds: number, left: number][];

function expectTold({ status, headers }: Answer, told: Told): void {
  const policy = told.map(([name, count, seconds]) => `"${name}";q=${count};w=${seconds}`).join(', ');
  expect({ status, policy: headers['ratelimit-policy'] }).toEqual({ status, policy });
  const items = (headers.ratelimit ?? '').split(', ');
  expect(items).toHaveLength(told.length);
  for (const [index, [name, , seconds, left]] of told.entries()) {
    const [, t] = new RegExp(`^"${name}";r=${left};t=(\\d+)$`).exec(items[index] ?? '') ?? [items[index]];
    expect(Number(t), items[index]).toBeGreaterThan(0);
    expect(Number(t)).toBeLessThanOrEqual(seconds);
  }
  const [, count, seconds, left] = told.reduce((least, one) => (one[3] < least[3] ? one : least));
  expect(headers['x-ratelimit-limit']).toBe(String(count));
  expect(headers['x-ratelimit-remaining']).toBe(String(left));
  const resetInSeconds = Number(headers['x-ratelimit-reset']) - Date.now() / 1_000;
  expect(resetInSeconds).toBeGreaterThan(-1);
  expect(resetInSeconds).toBeLessThanOrEqual(seconds + 2);
}

function expectDenied(answer: Answer, told: Told): void {
  expectTold(answer, told);
  const { detail } = expectProblem(answer, 429, 'RATE_LIMITED');
  const seconds = answer.headers['retry-after'];
  expect(seconds).toMatch(/^[1-9]\d*$/);
  const [, count, window] = told.find(([, , , left]) => left === 0) as Told[0];
  expect(detail).toBe(
    `At most ${count} requests in ${window} seconds; try again in ${seconds} second${seconds === '1' ? '' : 's'}.`,
  );
}

const expectUntold = ({ headers }: Answer) =>
  expect(Object.keys(headers).filter((name) => name.includes('ratelimit'))).toEqual([]);

const logIn = (api: Api, email: string, given = password, headers: Fields = {}) =>
  api.post('/v1/auth/login', { email, password: given }, headers);

describe.each(doorsUnderTest)('over $name', (transport) => {
  const api = serve(transport, {
    ...limited,
    RATE_LIMIT_SIGNUP: '4/600',
    RATE_LIMIT_LOGIN: '9/600,3/900',
    RATE_LIMIT_REFRESH: '2/600',
    RATE_LIMIT_PASSWORD: '2/600',
    RATE_LIMIT_API: '8/600',
    RATE_LIMIT_ANONYMOUS: '3/600',
  });

  test('sign-ups of an address are counted, whatever comes of them', async () => {
    const email = newEmail();
    // The admin was the first.
    expectTold(await api.signUp({ email }), [['signup', 4, 600, 2]]);
    const taken = await api.signUp({ email });
    expect(taken.status).toBe(409);
    expectTold(taken, [['signup', 4, 600, 1]]);
    const invalid = await api.signUp({ name: '' });
    expect(invalid.status).toBe(400);
    expectTold(invalid, [['signup', 4, 600, 0]]);
    expectDenied(await api.signUp(), [['signup', 4, 600, 0]]);
    expectDenied(await api.signUp({ email: newEmail() }), [['signup', 4, 600, 0]]);
  });

  test('wrong passwords of an email are counted, known or not, right ones only of the address', async () => {
    const { email } = api.admin;
    // The admin signed in once.
    const right = await logIn(api, email);
    expect(right.status).toBe(200);
    expect(right.headers['cache-control']).toBe('no-store');
    expectTold(right, [
      ['login', 9, 600, 7],
      ['login-email', 3, 900, 3],
    ]);
    const spellings = [email, email.toUpperCase(), ` ${email.replace('example', 'EXAMPLE')} `];
    for (const [index, spelling] of spellings.entries())
      expectTold(await logIn(api, spelling, wrong), [
        ['login', 9, 600, 6 - index],
        ['login-email', 3, 900, 2 - index],
      ]);
    expectDenied(await logIn(api, email), [
      ['login', 9, 600, 3],
      ['login-email', 3, 900, 0],
    ]);
    const unknown = await logIn(api, 'nobody@example.org', wrong);
    expectProblem(unknown, 401, 'CREDENTIALS_WRONG');
    expectTold(unknown, [
      ['login', 9, 600, 2],
      ['login-email', 3, 900, 2],
    ]);
    expectTold(await logIn(api, 'no address', wrong), [
      ['login', 9, 600, 1],
      ['login-email', 3, 900, 2],
    ]);
    await logIn(api, 'no address', wrong);
    // The email is not asked for any more.
    expectDenied(await logIn(api, 'nobody@example.org', wrong), [['login', 9, 600, 0]]);
  });

  test('refreshes of an address are counted', async () => {
    const refresh = (refreshToken: string) => api.post('/v1/auth/refresh', { refreshToken });
    const first = await refresh(api.admin.refreshToken);
    expect(first.status).toBe(200);
    expectTold(first, [['refresh', 2, 600, 1]]);
    expectTold(await refresh('nonsense'), [['refresh', 2, 600, 0]]);
    expectDenied(await refresh(first.json.refreshToken), [['refresh', 2, 600, 0]]);
  });

  test('requests of a user are counted, and wrong current passwords besides', async () => {
    const { as } = api.admin;
    const change = (currentPassword: string) =>
      api.patch(`/v1/users/${api.admin.id}`, { email: newEmail(), currentPassword }, as);
    expectTold(await api.get('/v1/users/me', as), [['api', 8, 600, 7]]);
    const changed = await change(password);
    expect(changed.status).toBe(200);
    expectTold(changed, [
      ['api', 8, 600, 6],
      ['password', 2, 600, 2],
    ]);
    for (const left of [1, 0]) {
      const refused = await change(wrong);
      expectProblem(refused, 403, 'CURRENT_PASSWORD_WRONG');
      expectTold(refused, [
        ['api', 8, 600, 4 + left],
        ['password', 2, 600, left],
      ]);
    }
    expectDenied(await change(password), [
      ['api', 8, 600, 3],
      ['password', 2, 600, 0],
    ]);
    const missing = await api.get(`/v1/users/${api.admin.id}`, {
      ...as,
      'if-none-match': '*',
    });
    expect(missing.status).toBe(304);
    expectTold(missing, [['api', 8, 600, 2]]);
    expectTold(await api.get('/v1/users?limit=0', as), [['api', 8, 600, 1]]);
    expectTold(await api.get('/v1/users/count', as), [['api', 8, 600, 0]]);
    expectDenied(await api.get('/v1/users/me', as), [['api', 8, 600, 0]]);
  });

  test('requests without a good token are counted by address; nothing of them concerns who has one', async () => {
    expectTold(await api.get('/v1/users/me'), [['anonymous', 3, 600, 2]]);
    const bad = await api.get('/v1/users', bearer(`${api.admin.accessToken}x`));
    expectProblem(bad, 401, 'UNAUTHENTICATED');
    expectTold(bad, [['anonymous', 3, 600, 1]]);
    expectTold(await api.post('/v1/auth/logout', { refreshToken: 'nonsense' }), [['anonymous', 3, 600, 0]]);
    const denied = await api.get('/v1/users/me');
    expectDenied(denied, [['anonymous', 3, 600, 0]]);
    expect(denied.headers['www-authenticate']).toBeUndefined();
  });

  test('nothing else is counted', async () => {
    for (const path of [
      '/health/live',
      '/health/ready',
      '/openapi.json',
      '/problems',
      '/sim/items/1',
      '/v1/none',
    ])
      expectUntold(await api.get(path));
  });
});

/** What the database has counted. */
const countsIn = (databaseUrl: string) =>
  queryDatabase(
    databaseUrl,
    `SELECT * FROM ${engineUnderTest.engine === 'mysql' ? 'RateCount' : '"RateCount"'}`,
  );

/** As a proxy in front says it. */
const from = (address: string): Fields => ({ 'x-forwarded-for': address });

describe('an address', () => {
  const answersFrom = async (api: Api, addresses: string[]) => {
    const statuses: number[] = [];
    for (const address of addresses)
      statuses.push((await logIn(api, newEmail(), wrong, from(address))).status);
    return statuses;
  };

  describe('without TRUST_PROXY', () => {
    const api = serveEmpty(socket, { ...limited, RATE_LIMIT_LOGIN: '3/600' });

    test("is the connection's, whatever X-Forwarded-For and its like say", async () => {
      expect(
        await answersFrom(api, ['198.51.100.1', '198.51.100.2', '198.51.100.3', '198.51.100.4']),
      ).toEqual([401, 401, 401, 429]);
      for (const name of ['forwarded', 'x-real-ip', 'x-client-ip', 'cf-connecting-ip', 'true-client-ip'])
        expect((await logIn(api, newEmail(), wrong, { [name]: '198.51.100.5' })).status).toBe(429);
    });
  });

  describe('with TRUST_PROXY=1', () => {
    const api = serveEmpty(direct, { ...limited, TRUST_PROXY: '1', RATE_LIMIT_LOGIN: '2/600' });

    test("is what the last proxy wrote; what stands before it is the caller's own invention", async () => {
      expect(await answersFrom(api, ['198.51.100.1', '198.51.100.1', '198.51.100.1'])).toEqual([
        401, 401, 429,
      ]);
      expect(await answersFrom(api, ['203.0.113.9, 198.51.100.1'])).toEqual([429]);
      expect(await answersFrom(api, ['198.51.100.1, 198.51.100.2'])).toEqual([401]);
    });

    test('has no port, and of IPv6 only the half that its subscriber was given', async () => {
      expect(await answersFrom(api, ['198.51.100.7:1', '::ffff:198.51.100.7', '198.51.100.7:65535'])).toEqual(
        [401, 401, 429],
      );
      expect(
        await answersFrom(api, ['2001:db8:1:2::1', '[2001:DB8:1:2:ffff::2]:443', '2001:db8:1:2:3:4:5:6']),
      ).toEqual([401, 401, 429]);
      expect(await answersFrom(api, ['2001:db8:1:3::1'])).toEqual([401]);
      expect(await answersFrom(api, ['made up', 'unknown', 'another'])).toEqual([401, 401, 429]);
    });
  });
});

describe('counts', () => {
  const api = serve(direct, {
    ...limited,
    TRUST_PROXY: '1',
    RATE_LIMIT_LOGIN: '5/600,2/600',
    RATE_LIMIT_SIGNUP: '3/1',
    RATE_LIMIT_API: '4/600',
    RATE_LIMIT_ANONYMOUS: '2/1',
  });

  test('hold however many come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => logIn(api, newEmail(), wrong, from('198.51.100.20'))),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15);
    const email = newEmail();
    const guesses = await Promise.all(
      Array.from({ length: 20 }, (_, index) => logIn(api, email, wrong, from(`198.51.100.${100 + index}`))),
    );
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(2);
    expect(guesses.filter(({ status }) => status === 429)).toHaveLength(18);
  });

  test('of right passwords leave nothing behind, however many of them came too soon', async () => {
    const { email } = await api.newUser();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        logIn(api, email, password, from(`198.51.100.${200 + index}`)),
      ),
    );
    for (const { status } of answers) expect([200, 429]).toContain(status);
    const after = await logIn(api, email, wrong, from('198.51.100.25'));
    expectTold(after, [
      ['login', 5, 600, 4],
      ['login-email', 2, 600, 1],
    ]);
  });

  test('do not tell that somebody has signed in: the window of the next begins with it', async () => {
    const { email } = await api.newUser();
    expect((await logIn(api, email, password, from('198.51.100.26'))).status).toBe(200);
    for (const { points, endsAtMs } of await countsIn(api.databaseUrl))
      if (Number(points) === 0) expect(Number(endsAtMs)).toBe(0);
  });

  test('begin anew when the window ends', async () => {
    for (const [path, body] of [
      ['/v1/users/me', undefined],
      ['/v1/users', {}],
    ] as const) {
      const answer = () => api.call({ path, body, headers: from('198.51.100.21') });
      await eventually(async () => expect((await answer()).status).toBe(429));
      await eventually(async () => expect((await answer()).status).not.toBe(429));
    }
  });

  test("of one user are nobody else's, and not that of a token: a new one has no new count", async () => {
    const { email } = await api.newUser();
    const first = await api.signIn(email);
    for (const status of [200, 200, 200, 200, 429])
      expect((await api.get('/v1/users/me', first.as)).status).toBe(status);
    const { json } = await logIn(api, email, password, from('198.51.100.22'));
    expect((await api.get('/v1/users/me', bearer(json.accessToken))).status).toBe(429);
    expect((await api.get('/v1/users/me', api.admin.as)).status).toBe(200);
  });

  test('of a user are not used up by who has a token that was revoked', async () => {
    const { id, email } = await api.newUser();
    const old = await api.signIn(email);
    const change = { password: `${password}!`, currentPassword: password };
    expect((await api.patch(`/v1/users/${id}`, change, old.as)).status).toBe(200);
    // The change was the first of four; the second finds the token out.
    for (let time = 0; time < 6; time += 1)
      expect([401, 429]).toContain((await api.get('/v1/users/me', old.as)).status);
    const { json } = await logIn(api, email, change.password, from('198.51.100.27'));
    const mine = await api.get('/v1/users/me', bearer(json.accessToken));
    expect(mine.status).toBe(200);
    expectTold(mine, [['api', 4, 600, 1]]);
  });

  test('are in the database under no name that could be read, and stop when no more is allowed', async () => {
    const email = newEmail();
    const rowsAfter = async (times: number) => {
      for (let time = 0; time < times; time += 1) await logIn(api, email, wrong, from('198.51.100.23'));
      const counts = await countsIn(api.databaseUrl);
      // What is over may be swept at any time.
      return counts
        .filter(({ endsAtMs }) => Number(endsAtMs) > Date.now() + 10_000)
        .map(({ key, points }) => ({ key: String(key), points: Number(points) }));
    };
    const rows = await rowsAfter(8);
    for (const { key } of rows) expect(key).toMatch(/^(login|login-email):[\w-]{43}$/);
    expect(rows.filter(({ key }) => key.startsWith('login:')).map(({ points }) => points)).toContain(6);
    // Denied, the address costs the database nothing: not a row is written for it.
    expect(await rowsAfter(10)).toEqual(rows);
  });

  test('are told to pages of other origins', async () => {
    const origin = 'https://app.example.org';
    const other = new Api(direct, { ...limited, CORS_ORIGINS: origin });
    await other.start({ hasAdmin: false });
    try {
      const { headers } = await other.get('/v1/users/me', { origin });
      const exposed = headers['access-control-expose-headers']?.split(', ');
      for (const name of ['RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-RateLimit-Reset'])
        expect(exposed).toContain(name);
      expect(headers.ratelimit).toMatch(/^"anonymous";r=59;t=[1-6]\d?$/);
    } finally {
      await other.stop();
    }
  });

  test('of the refused can be collected, by limit', async () => {
    await eventually(async () =>
      expect((await api.call({ path: '/v1/users/me', headers: from('198.51.100.24') })).status).toBe(429),
    );
    const { text } = await api.get('/metrics');
    expect(text).toMatch(/^farebox_rate_limited_total\{limit="anonymous"\} [1-9]\d*$/m);
  });
});

test('UNSAFE_RATE_LIMIT_OFF=1 counts nothing', async () => {
  const api = new Api(direct, {
    RATE_LIMIT_LOGIN: '1/60',
    RATE_LIMIT_ANONYMOUS: '1/60',
    UNSAFE_RATE_LIMIT_OFF: '1',
  });
  await api.start({ hasAdmin: true });
  try {
    for (let time = 0; time < 3; time += 1) {
      expectUntold(await api.get('/v1/users/me', api.admin.as));
      const answer = await logIn(api, api.admin.email, wrong);
      expect(answer.status).toBe(401);
      expectUntold(answer);
      expectUntold(await api.get('/v1/users/me'));
    }
    expect(await countsIn(api.databaseUrl)).toEqual([]);
  } finally {
    await api.stop();
  }
});

describe('where nothing can be counted', () => {
  const api = serve(socket, { ...limited, OUTBOUND_CALLS_PER_HOUR: '3' });
  const dropCounts = () =>
    queryDatabase(
      api.databaseUrl,
      `DROP TABLE ${engineUnderTest.engine === 'mysql' ? 'RateCount' : '"RateCount"'}`,
    );

  test('nobody can guess, and everything else goes on', async () => {
    const { id, email, as, refreshToken } = api.admin;
    await dropCounts();
    const change = { email: newEmail(), currentPassword: password };
    for (const answer of [
      await api.signUp(),
      await logIn(api, email),
      await api.post('/v1/auth/refresh', { refreshToken }),
      await api.patch(`/v1/users/${id}`, change, as),
    ]) {
      expect({ status: answer.status, text: answer.text }).toEqual({
        status: 503,
        text: expect.stringContaining('"code"'),
      });
      expect(answer.headers['retry-after']).toMatch(/^[1-9]\d*$/);
    }
    expect((await api.get('/v1/users/me', as)).status).toBe(200);
    expect((await api.patch(`/v1/users/${id}`, { name: 'Countess' }, as)).status).toBe(200);
    const { port } = api.app.getHttpServer().address() as { port: number };
    const statuses: number[] = [];
    for (let call = 0; call < 4; call += 1)
      statuses.push(
        (await api.get(`/v1/outbound?url=http://127.0.0.1:${port}/sim/items/1?delay=0`, as)).status,
      );
    expect(statuses).toEqual([200, 200, 200, 429]);
  });
});

describe('two processes', () => {
  let place: Place;
  let servers: [Server, Server];
  const env = {
    ...limited,
    SIGNUP: 'closed',
    RATE_LIMIT_LOGIN: '6/600,4/600',
    RATE_LIMIT_API: '12/600',
    OUTBOUND_CALLS_PER_HOUR: '4',
  };
  const email = 'ada@example.org';
  const logInAt = (index: number, given: string, as = email) =>
    (servers[index % 2] as Server).call({ path: '/v1/auth/login', body: { email: as, password: given } });

  beforeAll(async () => {
    place = await makePlace();
    servers = await Promise.all([
      startServer({ ...env, ...place.env }),
      startServer({ ...env, ...place.env }),
    ]);
    const { code, stderr } = await run(
      'cli/admin.js',
      ['create', email, '--name', 'Ada', '--password-stdin'],
      place.env,
      `${password}\n`,
    );
    expect(code, stderr).toBe(0);
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await place.remove();
  });

  test('share what is counted in the database; where sign-up is closed it is a request like any other', async () => {
    const { json } = await logInAt(0, password);
    const signUps: Answer[] = [];
    for (const index of [0, 0, 1, 1])
      signUps.push(
        await (servers[index] as Server).call({
          path: '/v1/users',
          body: { email: newEmail(), name: 'Ada', password },
          headers: bearer(json.accessToken),
        }),
      );
    // By each process.
    for (const [index, left] of [11, 10, 11, 10].entries()) {
      expect(signUps[index]?.status).toBe(201);
      expectTold(signUps[index] as Answer, [['api', 12, 600, left]]);
    }
    const calls: number[] = [];
    for (const index of [0, 1, 1, 0, 1, 0]) {
      const { port } = servers[index] as Server;
      const { status } = await (servers[index] as Server).call({
        path: `/v1/outbound?url=http://127.0.0.1:${port}/sim/items/1?delay=0`,
        headers: bearer(json.accessToken),
      });
      calls.push(status);
    }
    expect(calls).toEqual([200, 200, 200, 200, 429, 429]);

    const statuses: number[] = [];
    for (let index = 0; index < 7; index += 1) statuses.push((await logInAt(index, wrong)).status);
    // One of the address's six was the right one above: four wrong ones of the email, one that it denies, then the address.
    expect(statuses).toEqual([401, 401, 401, 401, 429, 429, 429]);
    const denied = await logInAt(1, password, newEmail());
    expectDenied(denied, [['login', 6, 600, 0]]);
  });
});

describe('a user who changes their email', () => {
  const api = serve(direct, { ...limited, RATE_LIMIT_PASSWORD: '2/600' });

  test('is told that one is taken as often as that a password is wrong', async () => {
    const { id, as } = await api.join();
    const change = (email: string) => api.patch(`/v1/users/${id}`, { email, currentPassword: password }, as);
    expectProblem(await change(api.admin.email), 409, 'EMAIL_TAKEN');
    expect((await change(newEmail())).status).toBe(200);
    expectProblem(await change(api.admin.email), 409, 'EMAIL_TAKEN');
    expectProblem(await change(api.admin.email), 429, 'RATE_LIMITED');
    expectProblem(await change(newEmail()), 429, 'RATE_LIMITED');
  });
});
