/** The tutorials' routes: their clients find what they found there, byte for byte. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api, serveEmpty } from '../support/api.js';
import { production } from '../support/app.js';
import { freePort } from '../support/free-port.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { direct, socket, transports } from '../support/transports.js';

describe.each(transports)('the classic routes over $name', (transport) => {
  const api = serveEmpty(transport, { CLASSIC_ROUTES: '1' });

  test.each([
    ['/', '{"Hello":"World"}'],
    ['/items/1?ms=0', '{"item_id":1,"q":null}'],
    ['/items/-7?ms=0&q=some%20query', '{"item_id":-7,"q":"some query"}'],
    ['/items/2?ms=0&q=&token=other', '{"item_id":2,"q":""}'],
    ['/items/3?ms=0&q=%C3%A9', '{"item_id":3,"q":"é"}'],
    ['/wait', '{"duration":0.05}'],
    ['/asyncwait', '{"duration":0.05}'],
    ['/fib/30', '{"fib":1346269}'],
    ['/fib/0', '{"fib":1}'],
    ['/asyncfib/20', '{"fib":10946}'],
  ])('%s answers as there', async (path, body) => {
    const { status, text, headers } = await api.get(path);
    expect([status, text]).toEqual([200, body]);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(headers['x-process-time']).toMatch(/^\d+\.\d+$/);
  });

  test.each(['/wait', '/asyncwait'])('%s takes 50 ms', async (path) => {
    expect(Number((await api.get(path)).headers['x-process-time'])).toBeGreaterThan(0.048);
  });

  test('an item takes its time', async () => {
    const { headers } = await api.get('/items/1?ms=80');
    expect(Number(headers['x-process-time'])).toBeGreaterThan(0.078);
  });

  test.each([
    ['/items/one', 'item_id'],
    ['/items/1.5', 'item_id'],
    ['/items/9999999999999999', 'item_id'],
    ['/items/1?ms=10001', 'ms'],
    ['/items/1?q=1&q=2', 'q'],
    ['/fib/43', 'n'],
    ['/fib/x', 'n'],
    ['/asyncfib/33', 'n'],
    ['/all_items?ms=-1', 'ms'],
  ])('refuses %s with a problem', async (path, pointer) => {
    expectInvalid(await api.get(path), pointer);
  });
});

describe('the classic routes of a server that listens', () => {
  const api = serveEmpty(socket, { CLASSIC_ROUTES: '1' });

  test('/all_items calls itself five times at once, then one by one', async () => {
    let open = 0;
    const atOnce: number[] = [];
    const look = ({ url }: IncomingMessage, response: ServerResponse) => {
      if (!url?.startsWith('/items/')) return;
      atOnce.push(++open);
      response.once('finish', () => open--);
    };
    api.app.getHttpServer().on('request', look);
    const { status, json } = await api.get('/all_items?ms=60');
    api.app.getHttpServer().off('request', look);
    expect(status).toBe(200);
    const statuses = [200, 200, 200, 200, 200];
    const round = { seconds: expect.any(Number), statuses };
    expect(json).toEqual({ async: round, sync: round });
    expect(Object.keys(json)).toEqual(['async', 'sync']);
    expect(json.async.seconds).toBeGreaterThan(0.055);
    expect(json.sync.seconds).toBeGreaterThan(0.29);
    // Not by the clock: a machine may stall in either round.
    expect(Math.max(...atOnce.slice(0, 5))).toBeGreaterThan(1);
    expect(atOnce.slice(5)).toEqual([1, 1, 1, 1, 1]);
  });

  test("/external-api answers the simulator's item where no upstream is named", async () => {
    const { status, text } = await api.get('/external-api');
    expect([status, text]).toEqual([200, '{"id":1,"q":null}']);
  });

  test('documents the routes', async () => {
    const { paths } = (await api.get('/openapi.json')).json;
    for (const path of ['/', '/items/{item_id}', '/all_items', '/wait', '/asyncfib/{n}', '/external-api'])
      expect(paths[path].get).toMatchObject({
        tags: ['Classic'],
        security: [],
        responses: { 200: { content: { 'application/json': { schema: expect.any(Object) } } } },
      });
  });
});

describe('/external-api', () => {
  const answers = [
    { status: 200, type: 'application/json', body: '{"price": 1.50, "big": 12345678901234567890}' },
    { status: 404, type: 'application/json', body: '{"detail":"secret of the upstream"}' },
    { status: 503, type: 'text/html', body: '<p>down' },
    { status: 200, type: 'text/html', body: '<p>up' },
  ];
  let next = answers[0];
  const upstream = createServer((_request, response) => {
    response.writeHead(next?.status ?? 500, { 'content-type': next?.type }).end(next?.body);
  });
  let api: Api;
  beforeAll(async () => {
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(upstream.address() as AddressInfo).port}`;
    api = new Api(socket, {
      CLASSIC_ROUTES: '1',
      CLASSIC_UPSTREAM: `http://${host}/prices`,
      OUTBOUND_ALLOW: host,
    });
    await api.start({ hasAdmin: false });
  });
  afterAll(async () => {
    await api.stop();
    upstream.close();
  });

  test("hands on the upstream's JSON, or its status without a word of it", async () => {
    const got = [];
    for (next of answers) {
      const { status, text, headers } = await api.get('/external-api');
      got.push([status, headers['content-type']?.split(';')[0], status === 502 ? '' : text]);
    }
    const failed = '{"detail":"Failed to fetch data"}';
    expect(got).toEqual([
      [200, 'application/json', answers[0]?.body],
      [404, 'application/json', failed],
      [503, 'application/json', failed],
      [502, 'application/problem+json', ''],
    ]);
  });

  test('lets 30 at once wait for their turn at the upstream', async () => {
    next = answers[0];
    const all = await Promise.all(Array.from({ length: 30 }, () => api.get('/external-api')));
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
  });
});

describe('the classic routes where they lead elsewhere', async () => {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const api = serveEmpty(socket, {
    CLASSIC_ROUTES: '1',
    CLASSIC_SELF: nobody,
    CLASSIC_UPSTREAM: 'http://169.254.169.254/latest',
  });

  test('/all_items calls CLASSIC_SELF', async () => {
    expectProblem(await api.get('/all_items?ms=0'), 502, 'UPSTREAM_UNREACHABLE');
  });

  test('/external-api calls no target that the guard refuses', async () => {
    expectProblem(await api.get('/external-api'), 403, 'TARGET_NOT_ALLOWED');
  });
});

const paths = [
  '/',
  '/items/1',
  '/all_items',
  '/wait',
  '/asyncwait',
  '/fib/1',
  '/asyncfib/1',
  '/external-api',
];

describe.each([
  ['development where they are not asked for', {}],
  ['production with CLASSIC_ROUTES alone', { ...production, CLASSIC_ROUTES: '1' }],
])('%s', (_where, environment) => {
  const api = serveEmpty(direct, environment);

  test.each(paths)('has nothing at %s', async (path) => {
    expectProblem(await api.get(path), 404, 'NOT_FOUND');
  });
});

describe('production with UNSAFE_CLASSIC_ROUTES', () => {
  const api = serveEmpty(direct, { ...production, UNSAFE_CLASSIC_ROUTES: '1' });

  test('has them', async () => {
    expect((await api.get('/')).text).toBe('{"Hello":"World"}');
    expectProblem(await api.get('/all_items'), 502, 'UPSTREAM_UNREACHABLE');
  });
});
