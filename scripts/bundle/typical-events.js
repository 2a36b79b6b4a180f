// @ts-check
/**
 * What people ask of the API, as events: whatever these come to is ready when a function starts. Each route, each
 * filter and sort of the lists, and the refusals that are most common.
 */

/** @typedef {{ statusCode: number, headers: Record<string, string>, cookies: string[], body: string }} Result */
/** @typedef {(event: object, context: object) => Promise<Result>} Handler */

export const admin = { email: 'ada@example.org', password: 'correct horse battery' };

const context = {
  awsRequestId: '00000000-0000-0000-0000-000000000000',
  functionName: 'farebox',
  getRemainingTimeInMillis: () => 29_000,
};

/**
 * An event of an HTTP API.
 * @param {string} method
 * @param {string} target
 * @param {Record<string, string>} headers
 * @param {unknown} [body]
 */
export function httpEvent(method, target, headers, body) {
  const [rawPath = '/', rawQueryString = ''] = target.split('?');
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers: {
      host: 'api.example.org',
      'user-agent': 'curl/8',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...headers,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName: 'api.example.org',
      domainPrefix: 'api',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: 'curl/8' },
      requestId: 'id',
      routeKey: '$default',
      stage: '$default',
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: 1_767_225_600_000,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  };
}

const bearer = (/** @type {string} */ token) => ({ authorization: `Bearer ${token}` });

/**
 * A client that keeps what it was answered.
 * @param {Handler} handler
 */
function clientOf(handler) {
  /** @type {{ request: string, status: number, expected: number }[]} */
  const answers = [];
  const send = async (
    /** @type {number} */ expected,
    /** @type {string} */ method,
    /** @type {string} */ target,
    /** @type {Record<string, string>} */ headers = {},
    /** @type {unknown} */ body = undefined,
  ) => {
    const {
      statusCode,
      headers: fields,
      cookies,
      body: text,
    } = await handler(httpEvent(method, target, headers, body), context);
    answers.push({ request: `${method} ${target}`, status: statusCode, expected });
    return { fields, cookies, json: text ? JSON.parse(text) : {} };
  };
  return { answers, send };
}

/**
 * Sends those that a new instance is likely to meet first. What rarer ones need besides is not worth each start's while.
 * @param {Handler} handler with the admin in its database
 * @returns {Promise<{ request: string, status: number, expected: number }[]>}
 */
export async function sendFrequentEvents(handler) {
  const { answers, send } = clientOf(handler);
  const { json: tokens } = await send(200, 'POST', '/v1/auth/login', {}, admin);
  const as = bearer(tokens.accessToken);
  const { json: me, fields } = await send(200, 'GET', '/v1/users/me', as);
  await send(304, 'GET', `/v1/users/${me.id}`, { ...as, 'if-none-match': fields.etag ?? '*' });
  await send(200, 'GET', '/v1/users?limit=20', as);
  await send(200, 'POST', '/v1/auth/refresh', {}, { refreshToken: tokens.refreshToken });
  await send(401, 'GET', '/v1/users/me');
  await send(200, 'GET', '/health/ready');
  return answers;
}

/**
 * Sends all, in an order in which each makes sense.
 * @param {Handler} handler with the admin and other users in its database, and sign-up open
 * @returns {Promise<{ request: string, status: number, expected: number }[]>}
 */
export async function sendTypicalEvents(handler) {
  const { answers, send } = clientOf(handler);
  const { json: boss } = await send(200, 'POST', '/v1/auth/login', {}, admin);
  const asAdmin = bearer(boss.accessToken);
  const credentials = { email: `p${Date.now()}@example.org`, password: 'a passphrase of mine' };
  const person = { ...credentials, name: 'Grace' };
  const { json: user } = await send(201, 'POST', '/v1/users', {}, person);
  await send(409, 'POST', '/v1/users', {}, person);
  const keyed = { ...person, email: `k${person.email}` };
  const key = (/** @type {string} */ name) => ({ 'idempotency-key': `${name}-${person.email}` });
  const { json: other } = await send(201, 'POST', '/v1/users', key('one'), keyed);
  await send(201, 'POST', '/v1/users', key('one'), keyed);
  await send(422, 'POST', '/v1/users', key('one'), person);
  await send(409, 'POST', '/v1/users', key('two'), keyed);
  await send(204, 'DELETE', `/v1/users/${other.id}`, asAdmin);
  const { json: signedIn } = await send(200, 'POST', '/v1/auth/login', {}, credentials);
  await send(401, 'POST', '/v1/auth/login', {}, { ...credentials, password: 'not this one' });
  await send(401, 'POST', '/v1/auth/login', {}, { ...credentials, email: 'nobody@example.org' });
  const as = bearer(signedIn.accessToken);

  const { fields } = await send(200, 'GET', '/v1/users/me', as);
  await send(304, 'GET', '/v1/users/me', { ...as, 'if-none-match': fields.etag ?? '*' });
  await send(200, 'GET', `/v1/users/${user.id}`, as);
  await send(200, 'GET', `/v1/users/${user.id}`, asAdmin);
  await send(200, 'PATCH', `/v1/users/${user.id}`, as, { name: 'Grace Hopper' });
  await send(200, 'PATCH', `/v1/users/${user.id}`, { ...as, 'if-match': '"2"' }, { name: 'Grace' });
  await send(412, 'PATCH', `/v1/users/${user.id}`, { ...as, 'if-match': '"1"' }, { name: 'late' });
  await send(200, 'PATCH', `/v1/users/${user.id}`, asAdmin, { role: 'admin' });
  await send(200, 'PATCH', `/v1/users/${user.id}`, asAdmin, { role: 'user' });
  await send(200, 'PATCH', `/v1/users/${user.id}`, as, {
    email: `q${person.email}`,
    currentPassword: person.password,
  });
  for (const sort of ['createdAt', '-createdAt', 'email', 'name'])
    for (const filter of ['', '&q=a', `&email=${person.email}`, '&role=user'])
      for (const limit of ['', '&limit=100']) {
        const { json } = await send(200, 'GET', `/v1/users?sort=${sort}${filter}${limit}`, asAdmin);
        if (json.nextCursor)
          await send(
            200,
            'GET',
            `/v1/users?sort=${sort}${filter}${limit}&cursor=${json.nextCursor}`,
            asAdmin,
          );
      }
  for (const filter of ['', '?q=a', `?email=${person.email}`, '?role=user'])
    await send(200, 'GET', `/v1/users/count${filter}`, asAdmin);

  const { json: refreshed } = await send(
    200,
    'POST',
    '/v1/auth/refresh',
    {},
    { refreshToken: signedIn.refreshToken },
  );
  await send(401, 'POST', '/v1/auth/refresh', {}, { refreshToken: signedIn.refreshToken });
  await send(204, 'POST', '/v1/auth/logout', {}, { refreshToken: refreshed.refreshToken });
  const { cookies } = await send(200, 'POST', '/v1/auth/login', {}, { ...admin, session: 'cookie' });
  const session = cookies[0]?.split(';')[0] ?? '';
  await send(200, 'POST', '/v1/auth/refresh', { cookie: session, origin: 'https://api.example.org' });
  await send(200, 'PATCH', `/v1/users/${user.id}`, bearer(refreshed.accessToken ?? ''), {
    password: 'another passphrase',
    currentPassword: person.password,
  });
  await send(204, 'DELETE', `/v1/users/${user.id}`, asAdmin);

  await send(200, 'GET', '/health/live');
  await send(200, 'GET', '/health/ready');
  await send(200, 'GET', '/openapi.json');
  await send(204, 'OPTIONS', '/v1/users');
  await send(200, 'HEAD', '/v1/users/me', asAdmin);
  await send(401, 'GET', '/v1/users/me');
  await send(400, 'GET', '/v1/users?limit=0', asAdmin);
  await send(400, 'POST', '/v1/users', {}, { email: 'no' });
  await send(405, 'PUT', '/v1/users', {}, {});
  await send(404, 'GET', '/nothing');
  return answers;
}
