/** The simulator: whatever is asked of it, the same question has the same answer. */
import { describe, expect, test } from 'vitest';
import { jitterOf } from '#dist/sim/fraction-of.js';
import { serveEmpty } from '../support/api.js';
import { production } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { type Answer, socket, transports } from '../support/transports.js';

/** A timer may fire this much before its time. */
const EARLY_MS = 2;

const timed = async (answer: Promise<Answer>): Promise<Answer & { tookMs: number }> => {
  const startedMs = performance.now();
  return { ...(await answer), tookMs: performance.now() - startedMs };
};

describe.each(transports)('the simulator over $name', (transport) => {
  const api = serveEmpty(transport);

  describe('/sim/items', () => {
    test.each([
      ['/sim/items/42', { id: 42, q: null }],
      ['/sim/items/42?q=blue%20%C3%A9', { id: 42, q: 'blue é' }],
      ['/sim/items/0042', { id: '0042', q: null }],
      ['/sim/items/a%20b?q=', { id: 'a b', q: '' }],
      ['/sim/items/7?api_key=whatever', { id: 7, q: null }],
    ])('%s names the item', async (path, item) => {
      expect(await api.get(path)).toMatchObject({ status: 200, json: item });
    });

    test('has the status that is asked for', async () => {
      expect(await api.get('/sim/items/1?status=404')).toMatchObject({
        status: 404,
        json: { id: 1, q: null },
      });
      expect(await api.get('/sim/items/1?status=204')).toMatchObject({ status: 204, text: '' });
    });

    test('waits the delay, and a jitter that follows from id and seed', async () => {
      expect((await timed(api.get('/sim/items/1?delay=120'))).tookMs).toBeGreaterThan(120 - EARLY_MS);
      const late = [1, 2, 3, 4, 5, 6, 7, 8].find((id) => jitterOf(300, 'item', id, 'x') > 200) as number;
      const { tookMs } = await timed(api.get(`/sim/items/${late}?delay=50&jitter=300&seed=x`));
      expect(tookMs).toBeGreaterThan(50 + jitterOf(300, 'item', late, 'x') - EARLY_MS);
    });

    test.each([
      ['delay=-1', 'delay'],
      ['delay=1.5', 'delay'],
      ['delay=60001', 'delay'],
      ['delay=', 'delay'],
      ['delay=1&delay=2', 'delay'],
      ['jitter=junk', 'jitter'],
      ['delay=40000&jitter=20001', 'jitter'],
      ['status=199', 'status'],
      ['status=600', 'status'],
      [`seed=${'x'.repeat(101)}`, 'seed'],
      ['q=1&q=2', 'q'],
    ])('refuses %s', async (query, pointer) => {
      expectInvalid(await api.get(`/sim/items/1?${query}`), pointer);
    });
  });

  test('/sim/delay answers after the time', async () => {
    const { status, json, tookMs } = await timed(api.get('/sim/delay/100'));
    expect([status, json]).toEqual([200, { delayMs: 100 }]);
    expect(tookMs).toBeGreaterThan(100 - EARLY_MS);
    expectInvalid(await api.get('/sim/delay/60001'), 'ms');
    expectInvalid(await api.get('/sim/delay/soon'), 'ms');
  });

  test('/sim/status answers with the status', async () => {
    for (const status of [200, 201, 299, 301, 308, 401, 407, 418, 429, 500, 599]) {
      const answer = await api.get(`/sim/status/${status}`);
      expect([answer.status, answer.json]).toEqual([status, { status }]);
      expect(answer.headers.location).toBeUndefined();
    }
    for (const status of [204, 205, 304]) {
      const answer = await api.get(`/sim/status/${status}`);
      expect([answer.status, answer.text]).toEqual([status, '']);
    }
    for (const status of ['100', '199', '600', '20', 'ok'])
      expectInvalid(await api.get(`/sim/status/${status}`), 'code');
  });

  test('/sim/bytes are the same for the same seed', async () => {
    const first = await api.get('/sim/bytes/100000?seed=a');
    expect(first.status).toBe(200);
    expect(first.headers['content-type']).toBe('application/octet-stream');
    expect((await api.get('/sim/bytes/100000?seed=a')).text).toBe(first.text);
    expect((await api.get('/sim/bytes/100000?seed=b')).text).not.toBe(first.text);
    expect((await api.get('/sim/bytes/0')).text).toBe('');
    expectInvalid(await api.get('/sim/bytes/2147483649'), 'n');
    expectInvalid(await api.get('/sim/bytes/-1'), 'n');
  });

  test('/sim/redirect takes so many hops', async () => {
    for (const query of ['', '?status=307']) {
      let path = `/sim/redirect/3${query}`;
      for (const _hop of [1, 2, 3]) {
        const { status, headers } = await api.get(path);
        expect([status, headers.location]).toEqual([query ? 307 : 302, expect.stringMatching(/^\/sim\//)]);
        path = headers.location as string;
      }
      expect(await api.get(path)).toMatchObject({ status: 200, json: { redirectsLeft: 0 } });
    }
    expectInvalid(await api.get('/sim/redirect/101'), 'n');
    expectInvalid(await api.get('/sim/redirect/1?status=300'), 'status');
  });

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])(
    '/sim/redirect-to sends %s anywhere',
    async (method) => {
      for (const [query, status, location] of [
        ['url=http%3A%2F%2F169.254.169.254%2Fx%3Fa%26b', 302, 'http://169.254.169.254/x?a&b'],
        ['url=//host/a&status=308', 308, '//host/a'],
        ['url=no%20url%20at%20all&status=301', 301, 'no url at all'],
      ] as const) {
        const answer = await api.call({ method, path: `/sim/redirect-to?${query}` });
        expect([answer.status, answer.headers.location, answer.text]).toEqual([status, location, '']);
      }
      for (const [query, pointer] of [
        ['', 'url'],
        ['url=', 'url'],
        ['url=a%0D%0AX-Evil:%20b', 'url'],
        ['url=%E2%82%AC', 'url'],
        ['url=a&status=304', 'status'],
      ] as const)
        expectInvalid(await api.call({ method, path: `/sim/redirect-to?${query}` }), pointer);
    },
  );

  test('/sim/unstable fails by seed and number of the call', async () => {
    const outcomes = async (query: string, count: number) => {
      const seen: [number, boolean][] = [];
      for (let call = 0; call < count; call += 1) {
        const { status, json } = await api.get(`/sim/unstable?${query}`);
        seen.push([status, json.ok]);
        expect(json.call).toBe(call + 1);
      }
      return seen
        .map(([status, ok]) => (status === 200 && ok ? '.' : status === 500 && !ok ? 'x' : '?'))
        .join('');
    };
    // These very outcomes, in every process and every version.
    expect(await outcomes('seed=here&rate=0.5', 20)).toBe('x...xxx...xx..x.xx.x');
    expect(await outcomes('seed=never&rate=0', 20)).toBe('.'.repeat(20));
    expect(await outcomes('seed=always&rate=1', 20)).toBe('x'.repeat(20));
    const rare = await outcomes('seed=rare&rate=.1', 200);
    expect(rare.replaceAll('.', '').length).toBeGreaterThan(5);
    expect(rare.replaceAll('.', '').length).toBeLessThan(45);
    for (const query of ['rate=1.5', 'rate=-1', 'rate=x', 'rate='])
      expectInvalid(await api.get(`/sim/unstable?${query}`), 'rate');
  });

  test('/sim/retry-after refuses: always, or with a seed for that long', async () => {
    for (const _again of [1, 2])
      expect(await api.get('/sim/retry-after/7')).toMatchObject({
        status: 503,
        headers: { 'retry-after': '7' },
        json: { status: 503 },
      });
    const startedMs = performance.now();
    const first = await api.get('/sim/retry-after/1?seed=a&status=429');
    expect([first.status, first.headers['retry-after']]).toEqual([429, '1']);
    await eventually(async () =>
      expect((await api.get('/sim/retry-after/1?seed=a&status=429')).status).toBe(200),
    );
    expect(performance.now() - startedMs).toBeGreaterThan(950);
    // Another seed, and another time, begin anew.
    expect((await api.get('/sim/retry-after/1?seed=b')).status).toBe(503);
    expect((await api.get('/sim/retry-after/3600?seed=a')).headers['retry-after']).toBe('3600');
    expect(Number((await api.get('/sim/retry-after/3600?seed=a')).headers['retry-after'])).toBeGreaterThan(
      3_000,
    );
    expectInvalid(await api.get('/sim/retry-after/x'), 's');
    expectInvalid(await api.get('/sim/retry-after/1?status=500'), 'status');
  });

  test('/sim/headers has that much of them', async () => {
    const { status, json, headers } = await api.get('/sim/headers/9000');
    expect([status, json]).toEqual([200, { headerBytes: 9_000 }]);
    const padding = Object.entries(headers).filter(([name]) => name.startsWith('x-padding-'));
    const bytes = padding.reduce((sum, [name, value]) => sum + `${name}: ${value}\r\n`.length, 0);
    expect(bytes).toBe(9_000);
    expectInvalid(await api.get('/sim/headers/1048577'), 'bytes');
  });

  test.each([
    ['truncated-gzip', 'application/json', 'gzip'],
    ['double-gzip', 'application/json', 'gzip, gzip'],
    ['wrong-gzip', 'application/json', 'gzip'],
    ['invalid-utf8', 'application/json', undefined],
    ['invalid-json', 'application/json', undefined],
    ['html', 'text/html; charset=utf-8', undefined],
    ['unknown-coding', 'application/json', 'x-farebox'],
  ])('/sim/broken/%s says what it is not', async (kind, type, coding) => {
    const { status, headers } = await api.get(`/sim/broken/${kind}`);
    expect([status, headers['content-type'], headers['content-encoding']]).toEqual([200, type, coding]);
  });

  test('/sim/broken knows its kinds', async () => {
    expectInvalid(await api.get('/sim/broken/heart'), 'kind');
    expect((await api.get('/sim/broken/invalid-json')).json).toBeUndefined();
    expect((await api.get('/sim/broken/wrong-gzip')).json).toMatchObject({ items: expect.any(Array) });
    expect((await api.get('/sim/broken/invalid-utf8')).text).toContain('\ufffd');
  });

  test('answers HEAD as GET, without the body', async () => {
    for (const path of [
      '/sim/items/1?status=404',
      '/sim/pages',
      '/sim/bytes/1000',
      '/sim/gzip-bomb',
      '/sim/headers/100',
    ]) {
      const { status, text, headers } = await api.call({ method: 'HEAD', path });
      expect([path, status, text]).toEqual([path, path.includes('404') ? 404 : 200, '']);
      expect(headers['x-request-id']).toBeDefined();
    }
    expectProblem(await api.post('/sim/pages', {}), 405, 'METHOD_NOT_ALLOWED');
  });

  test('has every header that answers have', async () => {
    for (const path of ['/sim/items/1', '/sim/bytes/10', '/sim/gzip-bomb?bytes=10', '/sim/status/500'])
      expect((await api.get(path)).headers).toMatchObject({
        'x-request-id': expect.any(String),
        'x-process-time': expect.stringMatching(/^\d+\.\d+$/),
        'server-timing': expect.stringMatching(/^app/),
      });
  });
});

describe.each(transports.filter(({ name }) => name !== socket.name))(
  'without a connection, over $name',
  (transport) => {
    const api = serveEmpty(transport);

    test.each([
      '/sim/hang',
      '/sim/endless',
      '/sim/drip',
      '/sim/reset',
      '/sim/reset?after=1',
      '/sim/length?says=1&sends=2',
    ])('the simulator cannot do %s', async (path) => {
      expectProblem(await api.get(path), 501, 'NOT_ON_FUNCTIONS');
    });
  },
);

describe.each(transports)('the simulator in production over $name', (transport) => {
  describe('with SIM=on', () => {
    const api = serveEmpty(transport, { ...production, SIM: 'on' });

    test('is open to anybody, within its limits', async () => {
      expect(await api.get('/sim/items/1?delay=1')).toMatchObject({ status: 200, json: { id: 1, q: null } });
      for (const [path, pointer] of [
        ['/sim/delay/10001', 'ms'],
        ['/sim/items/1?delay=10001', 'delay'],
        ['/sim/items/1?delay=5000&jitter=5001', 'jitter'],
        ['/sim/pages?delay=1&jitter=10000', 'jitter'],
        ['/sim/bytes/10485761', 'n'],
        ['/sim/gzip-bomb?bytes=10485761', 'bytes'],
      ] as const)
        expectInvalid(await api.get(path), pointer);
    });
  });

  describe('as it is by default', () => {
    const api = serveEmpty(transport, production);

    test.each([
      '/sim/items/1',
      '/sim/pages',
      '/sim/delay/1',
      '/sim/status/200',
      '/sim/bytes/1',
      '/sim/drip',
      '/sim/hang',
      '/sim/endless',
      '/sim/gzip-bomb',
      '/sim/redirect/1',
      '/sim/redirect-to?url=x',
      '/sim/unstable',
      '/sim/retry-after/1',
      '/sim/reset',
      '/sim/length?says=1&sends=1',
      '/sim/headers/1',
      '/sim/broken/html',
      '/sim',
    ])('has nothing at %s, by whichever method', async (path) => {
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const [here, nowhere] = [
          await api.call({ method, path }),
          await api.call({ method, path: path.replace('sim', 'sin') }),
        ];
        expect([method, here.status]).toEqual([method, 404]);
        expect(Object.keys(here.headers)).toEqual(Object.keys(nowhere.headers));
        const { instance: _here, requestId: _one, ...told } = here.json ?? {};
        const { instance: _there, requestId: _other, ...toldNowhere } = nowhere.json ?? {};
        expect(told).toEqual(toldNowhere);
        if (method !== 'HEAD') expectProblem(here, 404, 'NOT_FOUND');
      }
    });
  });
});

describe('SIM', () => {
  const off = serveEmpty(socket, { SIM: 'off' });
  const on = serveEmpty(socket, { ...production, SIM: 'on' });

  test('off closes it in development too, and its routes leave the documents', async () => {
    expectProblem(await off.get('/sim/items/1'), 404, 'NOT_FOUND');
    const { json } = await off.get('/openapi.json');
    expect(JSON.stringify([json.paths, json.tags])).not.toMatch(/\/sim|Simulator/);
  });

  test('on brings its routes into the documents of production', async () => {
    const { json } = await on.get('/openapi.json');
    expect(Object.keys(json.paths)).toContain('/sim/items/{id}');
  });
});
