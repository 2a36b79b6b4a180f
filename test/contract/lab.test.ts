/** The lab: the same work in every style, told in the same words. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Api, bearer, newEmail, password, serveEmpty } from '../support/api.js';
import { production } from '../support/app.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { run } from '../support/server.js';
import { direct, type Fields, type Json, socket, type Transport, transports } from '../support/transports.js';

const styles = ['blocking', 'async', 'worker'];

describe.each(transports)('the lab over $name', (transport) => {
  const api = serveEmpty(transport);

  test.each(styles)('waits in style %s, and tells the seconds', async (style) => {
    const startedMs = performance.now();
    const { status, text } = await api.get(`/lab/wait?ms=50&style=${style}`);
    expect([status, text]).toEqual([200, '{"duration":0.05}']);
    // A timer may fire a little early.
    expect(performance.now() - startedMs).toBeGreaterThan(48);
  });

  test('waits 50 ms without holding anybody up, where nothing is said', async () => {
    const [first, second] = await Promise.all([api.get('/lab/wait'), api.get('/lab/wait?ms=0')]);
    expect([first.text, second.text]).toEqual(['{"duration":0.05}', '{"duration":0}']);
  });

  test.each(styles)('computes in style %s', async (style) => {
    for (const [n, fib] of [
      [0, 1],
      [1, 1],
      [2, 2],
      [20, 10_946],
    ])
      expect((await api.get(`/lab/fib/${n}?style=${style}`)).text).toBe(`{"fib":${fib}}`);
  });

  test('computes in a thread where nothing is said', async () => {
    const { text, headers } = await api.get('/lab/fib/30');
    expect(text).toBe('{"fib":1346269}');
    expect(headers['server-timing']).toContain('queue');
    expect((await api.get('/lab/fib/2?style=async')).headers['server-timing']).not.toContain('queue');
  });

  test.each([
    ['/lab/wait?ms=-1', 'ms'],
    ['/lab/wait?ms=10001', 'ms'],
    ['/lab/wait?ms=1.5', 'ms'],
    ['/lab/wait?ms=soon', 'ms'],
    ['/lab/wait?ms=', 'ms'],
    ['/lab/wait?style=thread', 'style'],
    ['/lab/wait?style=async&style=async', 'style'],
    ['/lab/wait?stlye=async', 'stlye'],
    ['/lab/fib/43', 'n'],
    ['/lab/fib/-1', 'n'],
    ['/lab/fib/ten', 'n'],
    ['/lab/fib/33?style=async', 'n'],
    ['/lab/fib/30?style=none', 'style'],
  ])('refuses %s', async (path, pointer) => {
    expectInvalid(await api.get(path), pointer);
  });

  test('fans out one by one, some at a time and all at once', async () => {
    const { status, json } = await api.post('/lab/fanout', { n: 4, ms: 40, concurrency: 2 });
    expect(status).toBe(200);
    const { sequential, bounded, concurrent } = json;
    for (const [strategy, concurrency] of [
      [sequential, 1],
      [bounded, 2],
      [concurrent, 4],
    ]) {
      expect(strategy).toEqual({
        concurrency,
        wallMs: expect.any(Number),
        sumMs: expect.any(Number),
        speedup: expect.any(Number),
        calls: [0, 1, 2, 3].map((index) => ({
          index,
          startedMs: expect.any(Number),
          endedMs: expect.any(Number),
        })),
      });
      expect(mostAtOnce(strategy.calls)).toBe(concurrency);
      for (const { startedMs, endedMs } of strategy.calls) expect(endedMs - startedMs).toBeGreaterThan(38);
    }
    expect(sequential.wallMs).toBeGreaterThan(150);
    // Where the machine stalls, each of the calls takes longer by as much.
    expect(concurrent.speedup).toBeGreaterThan(1);
    expect(sequential.speedup).toBeLessThanOrEqual(1);
  });

  test('has half of the calls at a time where nothing is said, so that it is neither of the others', async () => {
    const boundedTo = async (n: number, concurrency?: number) =>
      (await api.post('/lab/fanout', { n, ms: 0, concurrency })).json.bounded.concurrency;
    expect([await boundedTo(5), await boundedTo(3), await boundedTo(1)]).toEqual([3, 2, 1]);
    expect(await boundedTo(3, 50)).toBe(3);
  });

  test.each([
    [{ ms: 1 }, '/n'],
    [{ n: 5 }, '/ms'],
    [{ n: 0, ms: 1 }, '/n'],
    [{ n: 51, ms: 1 }, '/n'],
    [{ n: '5', ms: 1 }, '/n'],
    [{ n: 5, ms: 5_001 }, '/ms'],
    [{ n: 7, ms: 4_286 }, '/ms'],
    [{ n: 5, ms: 1, concurrency: 0 }, '/concurrency'],
    [{ n: 5, ms: 1, style: 'async' }, '/style'],
  ])('refuses to fan out %o', async (body, pointer) => {
    expectInvalid(await api.post('/lab/fanout', body), pointer);
  });

  test.each(['/lab/wait?ms=0', '/lab/fib/3?style=async'])(
    'has HEAD and OPTIONS, and no other method, at %s',
    async (path) => {
      const head = await api.call({ method: 'HEAD', path });
      expect([head.status, head.text]).toEqual([200, '']);
      const options = await api.call({ method: 'OPTIONS', path });
      expect([options.status, options.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS']);
      expectProblem(await api.call({ method: 'POST', path }), 405, 'METHOD_NOT_ALLOWED');
    },
  );
});

/** How many of the calls were under way at the same time. */
const mostAtOnce = (calls: Json[]): number =>
  Math.max(
    ...calls.map(
      (one) => calls.filter((two) => two.startedMs <= one.startedMs && two.endedMs > one.startedMs).length,
    ),
  );

/** By the command line: sign-up is closed. */
async function makeAdmin(api: Api): Promise<Fields> {
  const email = newEmail();
  const args = ['create', email, '--name', 'Root', '--password-stdin'];
  const made = await run('cli/admin.js', args, { ...production, DATABASE_URL: api.databaseUrl }, password);
  expect(made.code, made.stderr).toBe(0);
  return (await api.signIn(email)).as;
}

describe('the lab of a server in production', () => {
  const token = 'aT0ken+for/the.lab~123==';
  const api = serveEmpty(socket, { ...production, LAB: 'on', METRICS_TOKEN: token, LOOP_STALL_MS: '60' });
  let admin: Fields;
  let user: Fields;
  beforeAll(async () => {
    admin = await makeAdmin(api);
    const member = newEmail();
    await api.post('/v1/users', { email: member, name: 'User', password }, admin);
    user = (await api.signIn(member)).as;
  });

  test.each(['/lab/wait?ms=0', '/lab/fib/1'])('is for admins only: %s', async (path) => {
    expectProblem(await api.get(path), 401, 'UNAUTHENTICATED');
    expectProblem(await api.get(path, user), 403, 'FORBIDDEN');
    expect((await api.get(path, admin)).status).toBe(200);
  });

  test('is for admins only: /lab/fanout', async () => {
    const body = { n: 1, ms: 0 };
    expectProblem(await api.post('/lab/fanout', body), 401, 'UNAUTHENTICATED');
    expectProblem(await api.post('/lab/fanout', body, user), 403, 'FORBIDDEN');
    expect((await api.post('/lab/fanout', body, admin)).status).toBe(200);
  });

  test('counts who holds the event loop, although their token was checked in between', async () => {
    const stallsOf = async (route: string) => {
      const { text } = await api.get('/metrics', bearer(token));
      const line = `farebox_event_loop_stalls_total{method="GET",route="${route}"} `;
      const found = text.split('\n').find((one) => one.startsWith(line));
      return Number(found?.slice(line.length) ?? 0);
    };
    const before = await stallsOf('/lab/wait');
    await api.get('/lab/wait?ms=150&style=blocking', admin);
    // A machine that stalls may hold it up once more.
    expect(await stallsOf('/lab/wait')).toBeGreaterThan(before);
  });
});

describe('the lab of a server in production, where LAB is not on', () => {
  const api = serveEmpty(direct, production);

  test('is not there', async () => {
    for (const path of ['/lab/wait', '/lab/fib/1']) expectProblem(await api.get(path), 404, 'NOT_FOUND');
    expectProblem(await api.post('/lab/fanout', { n: 1, ms: 0 }), 404, 'NOT_FOUND');
  });
});

describe('the lab in development, to a page of another site', () => {
  const friend = 'https://friend.example';
  const api = serveEmpty(direct, { CORS_ORIGINS: friend });
  /** What browsers say of an image, and of what a script asks for. */
  const image = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
  const script = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };

  test('is closed: it could hold up the server with the address of an image', async () => {
    for (const path of ['/lab/wait?ms=0&style=blocking', '/lab/fib/1', '/lab/races/x/events'])
      expectProblem(await api.get(path, image), 403, 'FORBIDDEN');
    expectProblem(
      await api.post('/lab/races', {}, { ...script, origin: 'https://x.example' }),
      403,
      'FORBIDDEN',
    );
  });

  test.each<[string, Fields]>([
    ['a site that CORS_ORIGINS names', { ...script, origin: friend }],
    ['a person who follows a link', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' }],
    ['a page of its own', { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' }],
    ['a page of another port', { 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'empty' }],
  ])('is open to %s', async (_who, headers) => {
    expect((await api.get('/lab/wait?ms=0', headers)).status).toBe(200);
  });
});

describe('the lab of a function', () => {
  const [, , functionEvent] = transports;
  const environment = { ...production, AWS_LAMBDA_FUNCTION_NAME: 'api', LAB: 'on' };
  const api = serveEmpty(functionEvent as Transport, environment);
  let admin: Fields;
  beforeAll(async () => {
    admin = await makeAdmin(api);
  });

  test('waits and computes in style async, for admins', async () => {
    expectProblem(await api.get('/lab/wait?style=async'), 401, 'UNAUTHENTICATED');
    expect((await api.get('/lab/wait?ms=20&style=async', admin)).text).toBe('{"duration":0.02}');
    expect((await api.get('/lab/wait', admin)).text).toBe('{"duration":0.05}');
    expect((await api.get('/lab/fib/20?style=async', admin)).text).toBe('{"fib":10946}');
    expectInvalid(await api.get('/lab/fib/33?style=async', admin), 'n');
  });

  test('has no other style, no fan-out and no races', async () => {
    for (const path of [
      '/lab/wait?style=blocking',
      '/lab/wait?style=worker',
      '/lab/fib/20',
      '/lab/fib/20?style=blocking',
    ])
      expectProblem(await api.get(path, admin), 501, 'NOT_ON_FUNCTIONS');
    for (const path of ['/lab/fanout', '/lab/races']) {
      expectProblem(await api.post(path, {}), 401, 'UNAUTHENTICATED');
      expectProblem(await api.post(path, {}, admin), 501, 'NOT_ON_FUNCTIONS');
    }
  });
});
