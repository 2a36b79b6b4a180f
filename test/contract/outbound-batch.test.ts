/** `POST /v1/outbound/batch`: what a caller may ask for, and what is told of each item. */
import { describe, expect, test } from 'vitest';
import { serve } from '../support/api.js';
import { json, openKindWorld } from '../support/kind-world.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { type Json, transports } from '../support/transports.js';

const { environment, upstreamSays } = await openKindWorld();
const strategies = ['sequential', 'bounded', 'concurrent'];

describe.each(transports)('POST /v1/outbound/batch over $name', (transport) => {
  const api = serve(transport, environment);
  const batched = (body: unknown, headers = {}) =>
    api.post('/v1/outbound/batch', body, { ...api.admin.as, ...headers });
  const good = (value: unknown = 1) => upstreamSays({ headers: json, body: JSON.stringify(value) });

  test.each(strategies)('%s: gives one result for each item, in their order', async (strategy) => {
    const requests = Array.from({ length: 20 }, (_, index) => ({ id: `id-${index}`, url: good({ index }) }));
    const { status, headers, json: answer } = await batched({ requests, strategy, concurrency: 3 });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.results).toEqual(
      requests.map(({ id, url }, index) => ({
        index,
        id,
        ok: true,
        response: expect.objectContaining({ url, status: 200, body: { index }, bodyEncoding: 'json' }),
        startedMs: expect.any(Number),
        durationMs: expect.any(Number),
      })),
    );
    expect(answer.summary).toEqual({
      wallMs: expect.any(Number),
      sumMs: expect.any(Number),
      speedup: expect.any(Number),
      ok: 20,
      failed: 0,
      complete: true,
    });
    const sumMs = answer.results.reduce((sum: number, { durationMs }: Json) => sum + durationMs, 0);
    expect(answer.summary.sumMs).toBeCloseTo(sumMs, 1);
  });

  test('has a response whatever the status, and a problem for each item that has none; the others stand', async () => {
    const answer = await batched({
      strategy: 'concurrent',
      requests: [
        { url: upstreamSays({ status: 404, headers: json, body: '{}' }) },
        { url: 'http://10.0.0.1/' },
        { url: 'no URL' },
        { id: 'b', url: upstreamSays({ headers: json, body: '{' }) },
        { id: 'g', url: good() },
      ],
    });
    expect(
      answer.json.results.map(({ response, problem }: Json) => response?.status ?? problem.code),
    ).toEqual([404, 'TARGET_NOT_ALLOWED', 'URL_INVALID', 'UPSTREAM_INVALID', 200]);
    const [, refused, malformed, invalid] = answer.json.results;
    expect(refused).toMatchObject({ ok: false, durationMs: 0, problem: { status: 403 } });
    expect(malformed.problem).toMatchObject({ status: 400, errors: [{ pointer: '/requests/2/url' }] });
    expect(invalid).toMatchObject({
      id: 'b',
      problem: {
        type: '/problems/upstream-invalid',
        title: expect.any(String),
        status: 502,
        detail: expect.any(String),
        instance: '/v1/outbound/batch',
        requestId: answer.headers['x-request-id'],
      },
    });
    expect(answer.json.summary).toMatchObject({ ok: 2, failed: 3, complete: true });
  });

  test('sends each item as fetch does, and keeps the digits of what comes', async () => {
    const url = upstreamSays({ headers: json, body: '{"n":12345678901234567890}' });
    const answer = await batched({
      strategy: 'bounded',
      requests: [{ url, method: 'POST', headers: { 'X-Key': 'a' }, body: { a: 1 } }],
    });
    expect(answer.text).toContain('"body":{"n":12345678901234567890}');
  });

  test('as lines: each result on one of its own, then the summary', async () => {
    const requests = [
      { url: upstreamSays({ headers: json, body: '{\n  "a": [1,\r\n 2]\n}' }) },
      { url: 'no URL' },
    ];
    const answer = await batched({ requests, strategy: 'sequential' }, { accept: 'application/x-ndjson' });
    expect(answer.headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
    expect(answer.text.endsWith('\n')).toBe(true);
    const lines = answer.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      {
        result: expect.objectContaining({
          index: 0,
          ok: true,
          response: expect.objectContaining({ body: { a: [1, 2] } }),
        }),
      },
      { result: expect.objectContaining({ index: 1, ok: false }) },
      { summary: expect.objectContaining({ ok: 1, failed: 1, complete: true }) },
    ]);
  });

  test.each([
    [{ strategy: 'bounded' }, '/requests'],
    [{ requests: {}, strategy: 'bounded' }, '/requests'],
    [{ requests: [], strategy: 'bounded' }, '/requests'],
    [{ requests: Array(101).fill({ url: 'http://example.org/' }), strategy: 'bounded' }, '/requests'],
    [{ requests: [{ url: 'http://example.org/' }] }, '/strategy'],
    [{ requests: [{ url: 'http://example.org/' }], strategy: 'parallel' }, '/strategy'],
    [{ requests: [{ url: 'http://example.org/' }], strategy: 'bounded', concurrency: -1 }, '/concurrency'],
    [{ requests: [{ url: 'http://example.org/' }], strategy: 'bounded', concurrency: 0 }, '/concurrency'],
    [{ requests: [{ url: 'http://example.org/' }], strategy: 'bounded', concurrency: 51 }, '/concurrency'],
    [{ requests: [{ url: 'http://example.org/' }], strategy: 'bounded', concurrency: 1.5 }, '/concurrency'],
    [{ requests: [{ url: 'http://example.org/' }], strategy: 'bounded', timeoutMs: 25_001 }, '/timeoutMs'],
    [{ requests: [{ url: 'http://example.org/' }], strategy: 'bounded', timeout: 1 }, '/timeout'],
    [{ requests: [{}], strategy: 'bounded' }, '/requests/0/url'],
    [
      { requests: [{ url: 'http://example.org/', method: 'TRACE' }], strategy: 'bounded' },
      '/requests/0/method',
    ],
    [{ requests: [{ url: 'http://example.org/', body: 1 }], strategy: 'bounded' }, '/requests/0/body'],
    [{ requests: [{ url: 'http://example.org/', proxy: 'a' }], strategy: 'bounded' }, '/requests/0/proxy'],
    [{ requests: [{ id: '', url: 'http://example.org/' }], strategy: 'bounded' }, '/requests/0/id'],
    [{ requests: [{ id: 1, url: 'http://example.org/' }], strategy: 'bounded' }, '/requests/0/id'],
    [
      { requests: ['a', 'b', 'a'].map((id) => ({ id, url: 'http://example.org/' })), strategy: 'bounded' },
      '/requests/2/id',
    ],
  ])('%j is invalid at %s', async (body, pointer) => {
    expectInvalid(await batched(body), pointer);
  });

  test('needs a token', async () => {
    expectProblem(await api.post('/v1/outbound/batch', {}), 401, 'UNAUTHENTICATED');
  });

  test('answers neither as text nor as a page', async () => {
    expectProblem(await batched({}, { accept: 'text/html' }), 406, 'NOT_ACCEPTABLE');
  });
});
