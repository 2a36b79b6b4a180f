/** The simulator's list: whole, and with each trouble that a reader of lists has to be tried with. */
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { serveEmpty } from '../support/api.js';
import { production } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { type Answer, type Json, socket, transports } from '../support/transports.js';

const idsFrom = (first: number, count: number): Json[] =>
  Array.from({ length: count }, (_, index) => ({ id: first + index }));

const idsOf = ({ json }: Answer): number[] => (json.items ?? json).map(({ id }: Json) => id);

describe.each(transports)('the list over $name', (transport) => {
  const api = serveEmpty(transport);

  describe('/sim/pages', () => {
    test.each([
      [
        '',
        { items: idsFrom(1, 10), page: 1, pages: 10, total: 100, nextCursor: expect.any(String) },
        'page=2',
      ],
      [
        '?page=2&size=3&total=8&delay=1',
        { items: idsFrom(4, 3), page: 2, pages: 3, total: 8, nextCursor: expect.any(String) },
        'page=3&size=3&total=8&delay=1',
      ],
      [
        '?page=3&size=3&total=8',
        { items: idsFrom(7, 2), page: 3, pages: 3, total: 8, nextCursor: null },
        undefined,
      ],
      ['?page=4&size=3&total=8', { items: [], page: 4, pages: 3, total: 8, nextCursor: null }, undefined],
      ['?total=0', { items: [], page: 1, pages: 0, total: 0, nextCursor: null }, undefined],
      [
        '?offset=4&limit=2&total=8',
        { items: idsFrom(5, 2), page: 3, pages: 4, total: 8, nextCursor: expect.any(String) },
        'offset=6&limit=2&total=8',
      ],
      [
        '?limit=90&secret=1',
        { items: idsFrom(1, 90), page: 1, pages: 2, total: 100, nextCursor: expect.any(String) },
        'limit=90&offset=90',
      ],
    ])('%s is one of them', async (query, page, next) => {
      const { status, json, headers } = await api.get(`/sim/pages${query}`);
      expect([status, json]).toEqual([200, page]);
      expect(next === undefined ? headers.link : sorted(headers.link)).toEqual(
        next === undefined ? undefined : sorted(`</sim/pages?${next}>; rel="next"`),
      );
    });

    test('lead from one to the next, in every style, and end', async () => {
      for (const style of ['size=7', 'limit=7', 'offset=0&limit=7', 'page=1&size=7']) {
        const seen: Json[] = [];
        for (let path: string | undefined = `/sim/pages?total=23&${style}`; path; ) {
          const { json, headers }: Answer = await api.get(path);
          seen.push(...json.items);
          path = /^<(\S+)>; rel="next"$/.exec(headers.link ?? '')?.[1];
        }
        expect(seen).toEqual(idsFrom(1, 23));
      }
      for (const size of ['size', 'limit']) {
        const seen: Json[] = [];
        let cursor = '';
        do {
          const { json } = await api.get(`/sim/pages?total=23&${size}=7${cursor && `&cursor=${cursor}`}`);
          seen.push(...json.items);
          cursor = json.nextCursor;
        } while (cursor);
        expect(seen).toEqual(idsFrom(1, 23));
      }
    });

    test.each([
      ['page=0', 'page'],
      ['size=0', 'size'],
      ['size=10001', 'size'],
      ['offset=-1', 'offset'],
      ['limit=x', 'limit'],
      ['total=-1', 'total'],
      ['cursor=junk', 'cursor'],
      ['cursor=', 'cursor'],
      ['page=1&offset=1', 'offset'],
      ['page=1&limit=1', 'limit'],
      ['page=1&cursor=c2ltOjEw', 'cursor'],
      ['size=1&offset=1', 'offset'],
      ['size=1&limit=1', 'limit'],
      ['offset=1&cursor=c2ltOjEw', 'cursor'],
    ])('refuse %s', async (query, pointer) => {
      expectInvalid(await api.get(`/sim/pages?${query}`), pointer);
    });
  });

  const statuses = async (query: string, times: number) => {
    const seen: number[] = [];
    for (let time = 0; time < times; time += 1) seen.push((await api.get(`/sim/pages?${query}`)).status);
    return seen;
  };

  test('fails where it is told to: once a seed, some times, or always', async () => {
    const fault = 'fault=3:429,3:500:2,4:404:always';
    expect(await statuses(`${fault}&seed=f1&page=3`, 5)).toEqual([429, 500, 500, 200, 200]);
    expect(await statuses(`${fault}&seed=f1&page=4`, 4)).toEqual([404, 404, 404, 404]);
    expect(await statuses(`${fault}&seed=f1&page=2`, 2)).toEqual([200, 200]);
    // Another seed, and another fault, begin anew; offset and limit come to the same pages.
    expect(await statuses(`${fault}&seed=f2&offset=20&limit=10`, 2)).toEqual([429, 500]);
    expect(await statuses('fault=3:503&seed=f1&page=3', 2)).toEqual([503, 200]);
  });

  test('says Retry-After where it is told to, with 429 and 503 alone', async () => {
    const retryAfter = async (query: string) =>
      (await api.get(`/sim/pages?${query}&seed=r`)).headers['retry-after'];
    expect(await retryAfter('fault=1:429&retryAfter=0')).toBe('0');
    expect(await retryAfter('fault=1:503&retryAfter=2')).toBe('2');
    expect(await retryAfter('fault=1:500&retryAfter=2')).toBeUndefined();
    expect(await retryAfter('fault=1:429:2')).toBeUndefined();
  });

  test('fails at once, however long a page takes', async () => {
    expect((await api.get('/sim/pages?fault=1:500&seed=once&delay=60000')).status).toBe(500);
  });

  test.each([
    ['text', 'full', undefined, /^text\/plain/],
    ['cut', 'full', undefined, /json/],
    ['missing', 'full', { page: 1, pages: 10, total: 100, nextCursor: expect.any(String) }, /json/],
    ['missing', 'array', { nextCursor: expect.any(String) }, /json/],
    [
      'object',
      'full',
      { items: { id: 1 }, page: 1, pages: 10, total: 100, nextCursor: expect.any(String) },
      /json/,
    ],
  ])('has a page whose body is %s, of the shape %s', async (kind, shape, json, type) => {
    const path = `/sim/pages?fault=1:${kind}&shape=${shape}&seed=${kind}${shape}`;
    const wrong = await api.get(path);
    expect([wrong.status, wrong.json]).toEqual([200, json]);
    expect(wrong.headers['content-type']).toMatch(type);
    expect(wrong.text).not.toBe('');
    expect(idsOf(await api.get(path))).toHaveLength(10);
  });

  test('grows and shrinks while it is read', async () => {
    const read = async (query: string, page: number) =>
      (await api.get(`/sim/pages?${query}&page=${page}`)).json;
    expect(await read('total=50&drift=-10', 1)).toMatchObject({ total: 50, pages: 5 });
    expect(await read('total=50&drift=-10', 3)).toMatchObject({
      items: idsFrom(21, 10),
      total: 30,
      pages: 3,
      nextCursor: null,
    });
    expect(await read('total=50&drift=-10', 4)).toMatchObject({ items: [], total: 20 });
    expect(await read('total=50&drift=-40', 9)).toMatchObject({ items: [], total: 0, pages: 0 });
    expect(await read('total=15&drift=7', 2)).toMatchObject({ items: idsFrom(11, 10), total: 22, pages: 3 });
    expect(await read('total=15&drift=10', 100)).toMatchObject({ nextCursor: expect.any(String) });
  });

  test('has the items of a page again in the next', async () => {
    const repeat = 'repeat=3&total=40';
    expect((await api.get(`/sim/pages?${repeat}&page=3`)).json).toMatchObject({
      items: idsFrom(11, 10),
      page: 3,
    });
    expect((await api.get(`/sim/pages?${repeat}&offset=20&limit=10`)).json.items).toEqual(idsFrom(11, 10));
    expect((await api.get(`/sim/pages?${repeat}&page=4`)).json.items).toEqual(idsFrom(31, 10));
  });

  test.each(['page=5&size=7', 'offset=28&limit=7'])('leads in a circle, from %s', async (query) => {
    const { json, headers } = await api.get(`/sim/pages?loop=5&total=35&${query}`);
    expect(headers.link).toMatch(/[?&](page=2|offset=7)(&|>)/);
    const second = await api.get(`/sim/pages?loop=5&total=35&size=7&cursor=${json.nextCursor}`);
    expect(second.json).toMatchObject({ page: 2, items: idsFrom(8, 7) });
    expect(second.headers.link).toMatch(/[?&]cursor=[^&>]+/);
  });

  test('past its end is empty, the last page again, or nothing', async () => {
    const past = (query: string) => api.get(`/sim/pages?total=25&${query}`);
    expect((await past('page=9')).json.items).toEqual([]);
    expect((await past('page=9&beyond=last')).json).toMatchObject({
      items: idsFrom(21, 5),
      page: 3,
      nextCursor: null,
    });
    expect(await past('page=4&beyond=404')).toMatchObject({ status: 404, json: { status: 404 } });
    expect((await past('page=3&beyond=404')).status).toBe(200);
    for (const beyond of ['last', '404'])
      expect(await api.get(`/sim/pages?total=0&beyond=${beyond}`)).toMatchObject({
        status: 200,
        json: { items: [] },
      });
  });

  test('can keep its totals to itself, or be an array', async () => {
    const items = await api.get('/sim/pages?shape=items&total=12');
    expect(items.json).toEqual({ items: idsFrom(1, 10), nextCursor: expect.any(String) });
    const array = await api.get('/sim/pages?shape=array&total=12');
    expect(array.json).toEqual(idsFrom(1, 10));
    expect(array.headers.link).toContain('shape=array');
    expect((await api.get('/sim/pages?shape=array&total=12&page=9')).json).toEqual([]);
  });

  test('has items of any size', async () => {
    const { json, text } = await api.get('/sim/pages?itemBytes=1000&size=200');
    expect(json.items).toHaveLength(100);
    for (const { text } of json.items) expect(text).toBe('x'.repeat(1_000));
    expect(text.length).toBeGreaterThan(100_000);
  });

  test('refuses calls beyond its rate, each seed by itself, until the next second', async () => {
    const rate = 'perSecond=3&retryAfter=1';
    let seed = '';
    // A machine may be so slow that a second passes meanwhile.
    await eventually(async () => {
      seed = `fast${performance.now()}`;
      expect(await statuses(`${rate}&seed=${seed}`, 6)).toEqual([200, 200, 200, 429, 429, 429]);
    });
    expect((await statuses(`${rate}&seed=slow`, 1))[0]).toBe(200);
    await eventually(async () => expect((await statuses(`${rate}&seed=${seed}`, 1))[0]).toBe(200));
  });

  test.each([
    ['fault=', 'fault'],
    ['fault=3', 'fault'],
    ['fault=0:500', 'fault'],
    ['fault=3:200', 'fault'],
    ['fault=3:600', 'fault'],
    ['fault=3:heart', 'fault'],
    ['fault=3:500:0', 'fault'],
    ['fault=3:500:1001', 'fault'],
    ['fault=3:500:never', 'fault'],
    ['fault=3:500,', 'fault'],
    [`fault=${Array(101).fill('1:500').join()}`, 'fault'],
    ['fault=1:500&fault=2:500', 'fault'],
    ['itemBytes=-1', 'itemBytes'],
    ['itemBytes=1048577', 'itemBytes'],
    ['itemBytes=1048576&size=2049', 'itemBytes'],
    ['shape=round', 'shape'],
    ['beyond=500', 'beyond'],
    ['drift=x', 'drift'],
    ['drift=--1', 'drift'],
    ['drift=-10001', 'drift'],
    ['repeat=1', 'repeat'],
    ['repeat=-3', 'repeat'],
    ['loop=1', 'loop'],
    ['perSecond=0', 'perSecond'],
    ['retryAfter=-1', 'retryAfter'],
  ])('refuses %s', async (query, pointer) => {
    expectInvalid(await api.get(`/sim/pages?${query}`), pointer);
  });
});

describe('the list over a real connection', () => {
  const api = serveEmpty(socket);

  const open = (path: string) => {
    const { port } = api.app.getHttpServer().address() as { port: number };
    const client = connect(port, '127.0.0.1');
    const seen = { client, received: '', closed: new Promise((resolve) => client.on('close', resolve)) };
    client.on('data', (chunk) => (seen.received += chunk));
    client.on('error', () => undefined);
    client.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    return seen;
  };
  /** Of this process: a few of others come and go meanwhile. */
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

  test('resets the connection of a page, once', async () => {
    const path = '/sim/pages?fault=1:reset&seed=r';
    const caller = open(path);
    await caller.closed;
    expect(caller.received).toBe('');
    expect(idsOf(await api.get(path))).toHaveLength(10);
  });

  test('never answers a page, as often as it is told to, and has no timer when the callers have left', async () => {
    const path = '/sim/pages?fault=1:hang:50&seed=h';
    const before = timers();
    const callers = Array.from({ length: 50 }, () => open(path));
    await eventually(() => expect(timers()).toBeGreaterThan(before + 40));
    expect(callers.map(({ received }) => received).join('')).toBe('');
    for (const { client } of callers) client.destroy();
    await eventually(() => expect(timers()).toBeLessThan(before + 20));
    expect(idsOf(await api.get(path))).toHaveLength(10);
  });
});

describe.each(transports.filter(({ name }) => name !== socket.name))(
  'without a connection, over $name',
  (transport) => {
    const api = serveEmpty(transport);

    test.each(['reset', 'hang'])('the list cannot %s', async (kind) => {
      expectProblem(await api.get(`/sim/pages?fault=1:${kind}`), 501, 'NOT_ON_FUNCTIONS');
    });
  },
);

describe('the list in production', () => {
  const api = serveEmpty(socket, { ...production, SIM: 'on' });

  test('has pages of 10 MiB at most', async () => {
    expectInvalid(await api.get('/sim/pages?itemBytes=104858&size=100'), 'itemBytes');
    expect((await api.get('/sim/pages?itemBytes=1048576&size=10&total=1')).json.items).toHaveLength(1);
  });
});

function sorted(link = ''): unknown {
  const [, url = '', rest = ''] = /^<(.*)>(.*)$/.exec(link) ?? [];
  const { pathname, searchParams } = new URL(url, 'http://x');
  searchParams.sort();
  return [pathname, `${searchParams}`, rest];
}
