import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api, bearer, newEmail, serve, serveEmpty } from '../support/api.js';
import { production } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problems.js';
import { socket, transports } from '../support/transports.js';

const token = 'aT0ken+for/metrics.only_123~==';
const planted = 'planted-7c1f-label';

/** How often a request was counted with exactly these labels. */
async function countOf(api: Api, labels: string): Promise<number> {
  const line = `farebox_http_requests_total{${labels}} `;
  const found = (await api.get('/metrics')).text.split('\n').find((one) => one.startsWith(line));
  return Number(found?.slice(line.length) ?? 0);
}

/** A request is counted after its answer has gone out, which may be after its caller has it. */
const expectCount = (api: Api, labels: string, count: number) =>
  eventually(async () => expect([labels, await countOf(api, labels)]).toEqual([labels, count]));

describe.each(transports)('metrics over $name', (transport) => {
  const api = serve(transport);

  test('are open in development, in the text format of Prometheus, and never stored', async () => {
    const { status, headers, text } = await api.get('/metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    expect(text).toMatch(
      /^# HELP farebox_http_requests_total .+\n# TYPE farebox_http_requests_total counter\n/,
    );
    for (const line of text.trimEnd().split('\n').filter(Boolean))
      expect(line).toMatch(
        /^(# (HELP|TYPE) (farebox|process)_\w+ .+|(farebox|process)_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [\d.e+-]+)$/,
      );
  });

  test('take no access token, and need none', async () => {
    expect((await api.get('/metrics', bearer('junk'))).status).toBe(200);
  });

  test('have HEAD and OPTIONS, and no other method', async () => {
    const head = await api.call({ method: 'HEAD', path: '/metrics' });
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const options = await api.call({ method: 'OPTIONS', path: '/metrics' });
    expect([options.status, options.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS']);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await api.call({ method, path: '/metrics' });
      expectProblem(answer, 405, 'METHOD_NOT_ALLOWED');
      expect(answer.headers.allow).toBe('GET, HEAD, OPTIONS');
    }
  });

  test('count requests by template and class, unknown paths as one, and hold no word of a caller', async () => {
    const email = newEmail();
    const user = await api.newUser({ email });
    const { as } = api.admin;
    const path = `/v1/users/${user.id}`;
    await api.get(path, as);
    await api.get(path, { ...as, 'if-none-match': '*' });
    await api.get(`/v1/users/${planted}`, as);
    await api.get(`/v1/users?email=${encodeURIComponent(email)}`, as);
    await api.get(`/v1/users?api_key=${planted}`, as);
    await api.get(`/v1/users?limit=${planted}`, as);
    await api.get(`/v1/users/me`, { ...bearer(planted), 'x-request-id': planted });
    await api.get(`/${planted}/${planted}?${planted}`);
    await api.get(`/nothing`);
    await api.call({ method: 'OPTIONS', path: `/${planted}` });
    await api.call({ method: 'POST', path: `/v1/users/${planted}` });
    await api.get(`/v1/users?q=%zz${planted}`, as);

    const user2xx = 'method="GET",route="/v1/users/:id",status_class="2xx"';
    await expectCount(api, user2xx, 1);
    await expectCount(api, 'method="GET",route="/v1/users/:id",status_class="3xx"', 1);
    await expectCount(api, 'method="GET",route="/v1/users/:id",status_class="4xx"', 1);
    await expectCount(api, 'method="GET",route="/v1/users",status_class="2xx"', 1);
    await expectCount(api, 'method="GET",route="/v1/users",status_class="4xx"', 3);
    await expectCount(api, 'method="GET",route="/v1/users/me",status_class="4xx"', 1);
    await expectCount(api, 'method="GET",route="none",status_class="4xx"', 2);
    await expectCount(api, 'method="OPTIONS",route="none",status_class="4xx"', 1);
    await expectCount(api, 'method="POST",route="/v1/users/:id",status_class="4xx"', 1);
    const { text } = await api.get('/metrics');
    for (const word of [planted, user.id, email, 'example.org', as.authorization as string, 'api_key', '?'])
      expect(text).not.toContain(word);
  });

  test('time requests in seconds, in as many buckets for every route', async () => {
    await api.get('/health/live');
    const name = 'farebox_http_request_duration_seconds';
    const labels = 'method="GET",route="/health/live"';
    await eventually(async () => {
      const lines = (await api.get('/metrics')).text.split('\n').filter((line) => line.includes(labels));
      const numberOf = (start: string) =>
        Number(
          lines
            .find((line) => line.startsWith(start))
            ?.split(' ')
            .at(-1),
        );
      const count = numberOf(`${name}_count{`);
      expect(count).toBeGreaterThan(0);
      expect(numberOf(`${name}_sum{`)).toBeGreaterThan(0);
      // Counted in milliseconds, it would be in the last bucket only.
      expect(numberOf(`${name}_bucket{le="25",`)).toBe(count);
      expect(numberOf(`${name}_sum{`)).toBeLessThan(25 * count);
      expect(numberOf(`${name}_bucket{le="+Inf",`)).toBe(count);
    });
  });
});

describe.each(transports)('metrics in production over $name', (transport) => {
  describe('without METRICS_TOKEN', () => {
    const api = serveEmpty(transport, production);

    test.each(['GET', 'HEAD', 'POST', 'OPTIONS', 'DELETE'])(
      'are not there: %s answers as any unknown path does',
      async (method) => {
        const answers = [];
        for (const path of ['/metrics', '/nothing']) {
          const { status, headers, text, json } = await api.call({ method, path, headers: bearer(token) });
          expect(status).toBe(404);
          expect(text === '' || json.code === 'NOT_FOUND').toBe(true);
          const { instance, requestId, ...same } = json ?? {};
          answers.push({ same, fields: Object.keys(headers).sort() });
        }
        expect(answers[0]).toEqual(answers[1]);
      },
    );

    test('are not in the documents', async () => {
      const { json } = await api.get('/openapi.json');
      expect(Object.keys(json.paths)).not.toContain('/metrics');
      expect(Object.keys(json.components.securitySchemes)).toEqual(['bearer']);
    });
  });

  describe('with METRICS_TOKEN', () => {
    const api = serveEmpty(transport, { ...production, METRICS_TOKEN: token });

    test('are for whoever has the token', async () => {
      for (const scheme of ['Bearer', 'bearer']) {
        const { status, text } = await api.get('/metrics', { authorization: `${scheme} ${token}` });
        expect(status).toBe(200);
        expect(text).toContain('# TYPE farebox_http_requests_total counter');
        expect(text).not.toContain(token);
      }
      expect((await api.call({ method: 'HEAD', path: '/metrics', headers: bearer(token) })).status).toBe(200);
    });

    test('ask everybody else for it', async () => {
      const answer = await api.get('/metrics');
      expectProblem(answer, 401, 'UNAUTHENTICATED');
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="farebox metrics"');
    });

    test.each([
      `Bearer ${token}x`,
      `Bearer ${token.slice(0, -1)}`,
      `Bearer ${token.toUpperCase()}`,
      'Bearer ',
      'Bearer',
      `Basic ${token}`,
      token,
      `Bearer ${token}, Bearer ${token}`,
      '',
    ])('refuse "%s"', async (authorization) => {
      const answer = await api.get('/metrics', { authorization });
      expectProblem(answer, 401, 'UNAUTHENTICATED');
      expect(answer.headers['www-authenticate']).toContain('Bearer realm="farebox metrics"');
      expect(answer.text).not.toContain(token);
    });

    test('keep their token out of a query, and open nothing else with it', async () => {
      expectProblem(
        await api.get(`/metrics?access_token=${encodeURIComponent(token)}`),
        401,
        'UNAUTHENTICATED',
      );
      expectProblem(await api.get('/v1/users/me', bearer(token)), 401, 'UNAUTHENTICATED');
    });

    test('say in the documents which token they ask for', async () => {
      const { json } = await api.get('/openapi.json');
      const { security, responses } = json.paths['/metrics'].get;
      expect(security).toEqual([{ metricsToken: [] }]);
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', '401']));
      expect(Object.keys(responses['200'].content)).toEqual(['text/plain']);
      expect(json.components.securitySchemes.metricsToken).toMatchObject({ type: 'http', scheme: 'bearer' });
    });
  });

  describe('of a function', () => {
    const environment = { ...production, AWS_LAMBDA_FUNCTION_NAME: 'api', METRICS_TOKEN: token };
    const api = serveEmpty(transport, environment);

    test('are not there, token or none', async () => {
      expectProblem(await api.get('/metrics', bearer(token)), 404, 'NOT_FOUND');
      expectProblem(await api.get('/metrics'), 404, 'NOT_FOUND');
      expect((await api.get('/health/live')).status).toBe(200);
    });
  });
});

describe('metrics of a development server with METRICS_TOKEN', () => {
  const api = serveEmpty(socket, { METRICS_TOKEN: token });

  test('ask for it there too', async () => {
    expectProblem(await api.get('/metrics'), 401, 'UNAUTHENTICATED');
    expect((await api.get('/metrics', bearer(token))).status).toBe(200);
  });
});

describe('metrics of a server that pages of other origins may call', () => {
  const api = serveEmpty(socket, { CORS_ORIGINS: 'https://app.example.org' });

  test('count preflights of unknown paths as such', async () => {
    await api.call({
      method: 'OPTIONS',
      path: `/${planted}`,
      headers: { origin: 'https://app.example.org' },
    });
    await expectCount(api, 'method="OPTIONS",route="none",status_class="4xx"', 1);
  });
});

describe('metrics over a socket', () => {
  const api = serveEmpty(socket);

  /** Sends what no HTTP client would. */
  async function send(bytes: string): Promise<string> {
    const { port } = api.app.getHttpServer().address() as AddressInfo;
    const connection = connect(port, '127.0.0.1').end(bytes);
    return text(connection);
  }

  test.each([
    [
      'a path that cannot be decoded',
      `GET /%zz${planted} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      'GET',
    ],
    ['a method of its own', `PURGE /${planted} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 'other'],
    ['what is no HTTP', `${planted}\r\n\r\n`, 'other'],
    ['fields too large', `GET / HTTP/1.1\r\nHost: x\r\nA: ${planted.repeat(2_000)}\r\n\r\n`, 'other'],
    [
      'an expectation',
      `GET /${planted} HTTP/1.1\r\nHost: x\r\nExpect: ${planted}\r\nConnection: close\r\n\r\n`,
      'GET',
    ],
    ['a URL too long', `GET /${planted.repeat(500)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 'GET'],
    ['no host', `GET /${planted} HTTP/1.1\r\nConnection: close\r\n\r\n`, 'GET'],
  ])('count %s', async (_what, bytes, method) => {
    const labels = `method="${method}",route="none",status_class="4xx"`;
    const before = await countOf(api, labels);
    expect(await send(bytes)).toMatch(/^HTTP\/1\.1 4\d\d /);
    await expectCount(api, labels, before + 1);
    expect((await api.get('/metrics')).text).not.toContain(planted);
  });
});

describe('metrics of a process', () => {
  const api = serveEmpty(socket);
  const sampleOf = async (series: string): Promise<number> => {
    const lines = (await api.get('/metrics')).text.split('\n');
    return Number(
      lines.find((line) => line.startsWith(`${series} `))?.slice(series.length + 1) ?? Number.NaN,
    );
  };

  test('say how late the event loop is, how busy, and what the process takes', async () => {
    for (const statistic of ['mean', 'p99', 'max'])
      expect(
        await sampleOf(`farebox_event_loop_delay_seconds{statistic="${statistic}"}`),
      ).toBeGreaterThanOrEqual(0);
    // One stall: the most is all of it, the mean a small part. Again where the window it fell into was over before it was asked for.
    const stallMs = 300;
    await eventually(async () => {
      const untilMs = performance.now() + stallMs;
      while (performance.now() < untilMs);
      expect(await sampleOf('farebox_event_loop_delay_seconds{statistic="max"}')).toBeGreaterThan(0.2);
    });
    await eventually(async () => {
      const utilization = await sampleOf('farebox_event_loop_utilization_ratio');
      expect(utilization).toBeGreaterThan(0);
      expect(utilization).toBeLessThanOrEqual(1);
    });
    expect(await sampleOf('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
    expect(await sampleOf('process_cpu_seconds_total')).toBeGreaterThan(0.1);
    expect(await sampleOf('process_start_time_seconds')).toBeLessThan(Date.now() / 1000);
    expect(await sampleOf('farebox_processes')).toBe(1);
  });

  test('count what is under way, and as aborted an answer whose caller left', async () => {
    // The scrape itself.
    await eventually(async () => expect(await sampleOf('farebox_http_requests_in_flight')).toBe(1));
    const { port } = api.app.getHttpServer().address() as AddressInfo;
    const connection = connect(port, '127.0.0.1');
    connection.write('GET /sim/hang HTTP/1.1\r\nHost: x\r\n\r\n');
    await eventually(async () => expect(await sampleOf('farebox_http_requests_in_flight')).toBe(2));
    connection.destroy();
    await expectCount(api, 'method="GET",route="/sim/hang",status_class="aborted"', 1);
    await eventually(async () => expect(await sampleOf('farebox_http_requests_in_flight')).toBe(1));
  });
});

describe('metrics of upstream calls', () => {
  const upstream = createServer((_request, response) => response.writeHead(418).end('{}'));
  let api: Api;
  let port: number;

  beforeAll(async () => {
    await once(upstream.listen(0, '127.0.0.1'), 'listening');
    ({ port } = upstream.address() as AddressInfo);
    api = new Api(socket, { OUTBOUND_ALLOW: `127.0.0.1:${port}` });
    await api.start({ hasAdmin: true });
  });
  afterAll(async () => {
    await api.stop();
    upstream.close();
  });

  test('count calls and refusals, and hold no word of a URL', async () => {
    const fetch = (url: string) => api.post('/v1/outbound/fetch', { url }, api.admin.as);
    expect((await fetch(`http://127.0.0.1:${port}/${planted}?key=${planted}`)).json.status).toBe(418);
    expectProblem(await fetch(`http://10.0.0.1/${planted}`), 403, 'TARGET_NOT_ALLOWED');
    expectProblem(await fetch(`ftp://${planted}.example.org/`), 400, 'URL_INVALID');
    const { text } = await api.get('/metrics');
    const lines = text.split('\n').filter((line) => /^farebox_outbound_\w+_total\{/.test(line));
    expect(lines.sort()).toEqual([
      'farebox_outbound_calls_total{host="other",status_class="4xx"} 1',
      'farebox_outbound_refusals_total{code="TARGET_NOT_ALLOWED"} 1',
      'farebox_outbound_refusals_total{code="URL_INVALID"} 1',
    ]);
    expect(text).toContain('farebox_outbound_call_duration_seconds_count{host="other"} 1');
    for (const word of [planted, '127.0.0.1', '10.0.0.1']) expect(text).not.toContain(word);
  });
});
