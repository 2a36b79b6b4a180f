/** Every operation that is given a secret, with one, on the ways that it can end: well, refused, broken. */
import { ApiDocument } from '../contract-walk/document.js';
import type { SpelledRequest } from '../contract-walk/spelled-request.js';
import type { Exchange } from '../contract-walk/walk-client.js';
import { smallestRace } from '../contract-walk/world.js';
import type { Answer } from '../transports.js';
import type { Plants } from './plants.js';
import { type Sent, unasked } from './unasked.js';

function wired({ method, path, headers = {}, body }: Sent): SpelledRequest {
  const bytes = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body);
  return {
    method: method ?? (bytes === undefined ? 'GET' : 'POST'),
    path,
    headers: { ...(bytes !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(bytes !== undefined && { body: Buffer.from(bytes) }),
  };
}

/**
 * @param closed where nobody listens, and which may be called; @param origin the server's own
 * @returns the answers that may hold no secret: all but those that a client is given its tokens by, and the
 * simulator's, which only say what they are told
 */
export async function plantedTour(
  exchange: Exchange,
  plants: Plants,
  closed: string,
  origin: string,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const ask = async (sent: Sent): Promise<Answer> => {
    const answer = await exchange(wired(sent));
    if (!answer) throw new Error(`No answer to ${sent.path}`);
    return answer;
  };
  const tell = async (sent: Sent): Promise<Answer> => {
    const answer = await ask(sent);
    answers.push(answer);
    return answer;
  };
  /** Its tokens are for the client, and for nobody after it. */
  const signIn = async (email: string, password: string, session: string) => {
    const { json, cookies } = await ask({ path: '/v1/auth/login', body: { email, password, session } });
    return noted(json, cookies);
  };
  const noted = (json: { accessToken: string; refreshToken?: string }, cookies: string[]) => {
    const refreshToken = json.refreshToken ?? /=([^;]+)/.exec(cookies[0] ?? '')?.[1] ?? '';
    plants.add('access token', json.accessToken);
    plants.add('refresh token', refreshToken);
    // Its other half is the session's name.
    plants.add('refresh secret', refreshToken.split('.')[1] ?? '');
    return { accessToken: json.accessToken, refreshToken, cookie: cookies[0]?.split(';')[0] ?? '' };
  };
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  const email = 'planted@example.org';
  const password = plants.make('password');
  const other = plants.make('new password');
  const wrong = plants.make('wrong password');
  const key = { 'idempotency-key': plants.make('Idempotency-Key') };

  // Sign-up, twice with one key, and with what is wrong elsewhere in the body.
  const user = await tell({ path: '/v1/users', body: { email, name: 'Ada', password }, headers: key });
  await tell({ path: '/v1/users', body: { email, name: 'Ada', password }, headers: key });
  await tell({ path: '/v1/users', body: { email, name: 'Ada', password: other }, headers: key });
  for (const body of [
    { email, name: 'Ada', password },
    { email: 'no address', name: 'Ada', password },
    { email, name: '', password },
    { email, name: 'Ada', password, admin: password },
    { email, name: 'Ada', password: `\ud800${password}` },
    { email, name: 'Ada', password: `${password}\0` },
    { email, name: 'Ada', password: password.repeat(5) },
    { email, name: 'Ada', password: [password] },
    `{"email":"${email}","password":"${password}",`,
    `{"password":"${password}","password":"${password}"}`,
    `${password}`,
  ])
    await tell({ path: '/v1/users', body });
  await tell({ path: '/v1/users', body: `password=${password}`, headers: { 'content-type': 'text/plain' } });

  const first = await signIn(email, password, 'token');
  const cookie = await signIn(email, password, 'cookie');
  for (const body of [
    { email, password: wrong },
    { email: `not-${email}`, password },
    { email, password, session: password },
    { email, password: [password] },
    `{"email":"${email}","password":"${password}"`,
  ])
    await tell({ path: '/v1/auth/login', body });

  // Refresh: well, again with the same token, by cookie from here and from elsewhere.
  const refreshed = await ask({ path: '/v1/auth/refresh', body: { refreshToken: first.refreshToken } });
  const second = noted(refreshed.json, []);
  const byCookie = { cookie: cookie.cookie, origin };
  await tell({
    path: '/v1/auth/refresh',
    body: {},
    headers: { ...byCookie, origin: 'https://elsewhere.example.org' },
  });
  const renewed = await ask({ path: '/v1/auth/refresh', body: {}, headers: byCookie });
  if (renewed.status === 200) noted(renewed.json, renewed.cookies);
  await tell({ path: '/v1/auth/refresh', body: {}, headers: byCookie });
  await tell({ path: '/v1/auth/refresh', body: { refreshToken: first.refreshToken } });
  await tell({ path: '/v1/auth/refresh', body: `{"refreshToken":"${second.refreshToken}"` });
  await tell({
    path: '/v1/auth/refresh',
    body: { refreshToken: second.refreshToken, x: second.refreshToken },
  });

  // Oneself.
  const as = bearer(second.accessToken);
  const path = `/v1/users/${user.json.id}`;
  await tell({ path: '/v1/users/me', headers: as });
  await tell({
    path,
    headers: { ...as, 'x-api-key': plants.make('X-Api-Key'), 'if-none-match': `"${password}"` },
  });
  await tell({ path: '/v1/users', headers: as });
  await tell({ path: `/v1/users?api_key=${password}&q=${password}`, headers: as });
  await tell({ path: `/v1/users/me?access_token=${second.accessToken}` });
  await tell({ path: '/v1/users/me', headers: bearer(`${second.accessToken}x`) });
  await tell({
    path: '/v1/users/me',
    headers: { authorization: `Basic ${Buffer.from(`ada:${password}`).toString('base64')}` },
  });
  await tell({ path: '/v1/users/me', headers: { ...as, accept: password } });
  for (const body of [
    { email: 'planted-2@example.org', currentPassword: wrong },
    { password: other, currentPassword: wrong },
    { role: 'admin', currentPassword: password, password: other },
    { name: '', currentPassword: password, password: other },
    { name: 'Eve', currentPassword: password, passwordHash: password },
    `{"password":"${other}","currentPassword":"${password}"`,
    { password: other, currentPassword: password },
  ])
    await tell({ method: 'PATCH', path, body, headers: as });
  const third = await signIn(email, other, 'token');

  // Upstream credentials, on ways that end well and badly.
  const caller = bearer(third.accessToken);
  const credentials = {
    authorization: `Bearer ${plants.make('upstream Authorization')}`,
    'x-api-key': plants.make('upstream X-Api-Key'),
  };
  const query = `?api_key=${plants.make('api_key of a URL')}`;
  const body = { password: plants.make('upstream body') };
  for (const place of [
    '/sim/items/1',
    '/sim/status/500',
    '/sim/reset',
    '/sim/redirect/2',
    '/sim/broken/html',
    '/health/live',
  ]) {
    const item = { url: `${origin}${place}${query}`, headers: credentials, timeoutMs: 2_000 };
    await tell({ path: '/v1/outbound/fetch', body: item, headers: caller });
    await tell({ path: '/v1/outbound/fetch', body: { ...item, method: 'POST', body }, headers: caller });
    await tell({ path: `/v1/outbound?url=${encodeURIComponent(item.url)}`, headers: caller });
    await tell({
      path: '/v1/outbound/batch',
      body: { requests: [item, item], strategy: 'concurrent' },
      headers: caller,
    });
  }
  for (const url of [
    `${closed}/${query}`,
    `http://10.1.2.3/${query}`,
    `http://metadata.internal/${query}`,
    `ftp://example.org/${query}`,
  ]) {
    await tell({
      path: '/v1/outbound/fetch',
      body: { url, headers: credentials, timeoutMs: 500 },
      headers: caller,
    });
    await tell({ path: '/v1/outbound/explain', body: { url }, headers: caller });
  }
  const paging = { style: 'page', totalPath: '/total' };
  const list = {
    url: `${origin}/sim/pages${query}&total=12&size=5`,
    headers: credentials,
    paging,
    itemsPath: '/items',
  };
  await tell({ path: '/v1/outbound/crawl', body: list, headers: caller });
  await tell({
    path: '/v1/outbound/crawl',
    body: { ...list, url: `${closed}/${query}`, timeoutMs: 500 },
    headers: caller,
  });
  await tell({ path: '/v1/outbound/fetch', body: `{"url":"${closed}/${query}"`, headers: caller });

  // The lab: well.
  const race = await tell({ ...smallestRace, headers: { ...caller, ...credentials } });
  const racePath = `/lab/races/${race.json.id}`;
  await tell({ path: racePath, headers: credentials });
  // Over, so that who follows it is not kept.
  await tell({ method: 'DELETE', path: racePath, headers: credentials });
  await tell({ path: `${racePath}/events`, headers: { 'last-event-id': plants.make('Last-Event-ID') } });
  await tell({ path: '/lab/fanout', body: { n: 2, ms: 1 }, headers: credentials });

  // Every documented operation, with secrets where it asks for none.
  const document = new ApiDocument((await ask({ path: '/openapi.json' })).json);
  // The simulator says what it is told, and hangs up where it is told to.
  for (const operation of document.operations)
    for (const sent of unasked(document, operation, plants, caller))
      await (operation.path.startsWith('/sim/') ? exchange(wired(sent)) : tell(sent));

  // What only takes a header or a path.
  const token = bearer(plants.value('METRICS_TOKEN'));
  for (const place of [
    '/health/live',
    '/health/ready',
    '/metrics',
    '/problems',
    '/problems/not-found',
    '/openapi.json',
    '/nothing',
  ])
    await tell({ path: place, headers: token });
  await tell({ path: `/metrics?token=${plants.value('METRICS_TOKEN')}` });
  await tell({ path: '/metrics', headers: bearer(wrong) });

  await tell({ path: '/v1/auth/logout', body: { refreshToken: third.refreshToken } });
  await tell({ path: '/v1/auth/logout', body: {}, headers: byCookie });
  // The user stays, and a session: their rows are looked into.
  await tell({ method: 'DELETE', path, headers: { ...caller, 'if-match': `"${other}"` } });
  await signIn(email, other, 'cookie');
  return answers;
}
