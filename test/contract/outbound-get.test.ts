/** `GET /v1/outbound`: the upstream's JSON as it is, or a problem that says what it answered. */
import { describe, expect, test } from 'vitest';
import { serve } from '../support/api.js';
import type { KindAnswer } from '../support/kind-upstream.js';
import { json, kindCalls, openKindWorld } from '../support/kind-world.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { transports } from '../support/transports.js';

const { upstream, environment, upstreamSays } = await openKindWorld();

describe.each(transports)('GET /v1/outbound over $name', (transport) => {
  const api = serve(transport, environment);
  const { got } = kindCalls(api);

  test.each([
    '{"n":12345678901234567890,"e":1E400,"x":1.10}',
    '{"a":1,"a":2,"__proto__":{"b":1}}',
    ' [ 1 , "\\u00e9\u00e9" ]\n',
    'null',
  ])("hands out the upstream's JSON as it is: %s", async (body) => {
    const answer = await got(upstreamSays({ headers: json, body }));
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: body });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'private, no-cache',
      vary: 'Accept, Authorization, Origin',
    });
  });

  test.each([200, 201, 203, 206, 226])('takes %i for a success, and answers 200', async (status) => {
    const answer = await got(upstreamSays({ status, headers: json, body: '{"status":"theirs"}' }));
    expect(answer).toMatchObject({ status: 200, json: { status: 'theirs' } });
  });

  test.each([400, 404, 418, 500, 599])('says that the upstream answered %i', async (status) => {
    const url = upstreamSays({ status, headers: json, body: '{"planted":1}' });
    expectProblem(await got(url), 502, 'UPSTREAM_STATUS', { upstreamStatus: status });
    const passed = await got(url, { errors: 'passthrough' });
    expectProblem(passed, status, 'UPSTREAM_STATUS', { upstreamStatus: status });
    expect(passed.text).not.toContain('planted');
  });

  test.each([401, 407])('never passes %i through', async (status) => {
    const headers = {
      ...json,
      'www-authenticate': 'Basic',
      'proxy-authenticate': 'Basic',
      'retry-after': '7',
    };
    const answer = await got(upstreamSays({ status, headers }), { errors: 'passthrough' });
    expectProblem(answer, 502, 'UPSTREAM_STATUS', { upstreamStatus: status });
    expect(answer.headers).not.toHaveProperty('proxy-authenticate');
    expect(answer.headers['www-authenticate']).not.toBe('Basic');
    expect(answer.headers).not.toHaveProperty('retry-after');
  });

  test.each([
    [503, '', true],
    [429, '', true],
    [500, '', false],
    [404, '', false],
    [500, 'passthrough', true],
    [404, 'passthrough', true],
    [503, 'passthrough', true],
  ])(
    "after %i with errors=%s the upstream's Retry-After is passed on: %s",
    async (status, errors, isPassed) => {
      const afterOf = async (value: string) => {
        const url = upstreamSays({ status, headers: { ...json, 'retry-after': value } });
        return (await got(url, errors ? { errors } : {})).headers['retry-after'];
      };
      expect(await afterOf('7')).toBe(isPassed ? '7' : undefined);
      const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
      // As seconds: of a date the caller's clock may think otherwise.
      const seconds = await afterOf(inAnHour);
      expect(Number(seconds ?? 3_600)).toBeGreaterThan(3_000);
      expect(Number(seconds ?? 3_600)).toBeLessThanOrEqual(3_600);
      expect(seconds !== undefined).toBe(isPassed);
      for (const nonsense of ['soon', '-1', '7, 8']) expect(await afterOf(nonsense)).toBeUndefined();
    },
  );

  test.each<[string, KindAnswer]>([
    ['a page', { headers: { 'content-type': 'text/html' }, body: '{}' }],
    ['no type', { body: '{}' }],
    ['nothing', { headers: json, body: '' }],
    ['nothing, with 204', { status: 204 }],
    ['broken JSON', { headers: json, body: '{"a":' }],
    ['two values', { headers: json, body: '{}{}' }],
    ['no UTF-8', { headers: json, body: Buffer.from('"\xe9"', 'latin1') }],
  ])('answers 502 when it is sent %s', async (_what, said) => {
    for (const errors of [{}, { errors: 'passthrough' }])
      expectProblem(await got(upstreamSays(said), errors as Record<string, string>), 502, 'UPSTREAM_INVALID');
  });

  test('calls by GET with nothing of the caller', async () => {
    const answer = await got(`${upstream.origin}/echo?a=1&b=%20`);
    const { method, target, headers, body } = answer.json;
    expect({ method, target, body }).toEqual({ method: 'GET', target: '/echo?a=1&b=%20', body: '' });
    expect(Object.keys(headers).sort()).toEqual([
      'accept',
      'accept-encoding',
      'cdn-loop',
      'connection',
      'host',
      'user-agent',
    ]);
  });

  test('says which parameter is wrong', async () => {
    const at = (query: string) => api.get(`/v1/outbound${query}`, api.admin.as);
    const url = encodeURIComponent(`${upstream.origin}/never`);
    expectInvalid(await at(''), 'url');
    expectInvalid(await at('?errors=passthrough'), 'url');
    expectInvalid(await at(`?url=${url}&url=${url}`), 'url');
    expectInvalid(await at(`?url=${url}&errors=all`), 'errors');
    expectInvalid(await at(`?url=${url}&errors=`), 'errors');
    expectInvalid(await at(`?url=${url}&timeoutMs=5`), 'timeoutMs');
    expect(upstream.requests.filter(({ target }) => target === '/never')).toEqual([]);
  });

  test('is answered to HEAD as to GET, without the body', async () => {
    const path = `/v1/outbound?${new URLSearchParams({ url: upstreamSays({ headers: json, body: '{"é":1}' }) })}`;
    const [get, head] = [
      await api.get(path, api.admin.as),
      await api.call({ method: 'HEAD', path, headers: api.admin.as }),
    ];
    expect({ status: head.status, text: head.text }).toEqual({ status: 200, text: '' });
    for (const name of ['content-type', 'content-length', 'cache-control', 'vary'])
      expect({ name, value: head.headers[name] }).toEqual({ name, value: get.headers[name] });
  });
});
