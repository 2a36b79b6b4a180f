/** `POST /v1/outbound/fetch`: what a caller may ask for, and all that is told of the answer. */
import { describe, expect, test } from 'vitest';
import { serve } from '../support/api.js';
import { json, kindCalls, openKindWorld } from '../support/kind-world.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { type Json, transports } from '../support/transports.js';

const { upstream, environment, upstreamSays } = await openKindWorld();

describe.each(transports)('POST /v1/outbound/fetch over $name', (transport) => {
  const api = serve(transport, environment);
  const { fetched } = kindCalls(api);

  test('tells all there is to tell of an answer', async () => {
    const url = upstreamSays({
      status: 201,
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        ETag: '"1"',
        'X-Total': '2',
        'Set-Cookie': 'a=1',
      },
      body: '{"n":12345678901234567890,"a":1,"a":2}',
    });
    const answer = await fetched({ url });
    expect(answer.json).toEqual({
      url,
      status: 201,
      contentType: 'application/json; charset=utf-8',
      headers: { 'content-type': 'application/json; charset=utf-8', etag: '"1"', 'x-total': '2' },
      // Its digits are looked at below.
      body: { n: expect.any(Number), a: 2 },
      bodyEncoding: 'json',
      bytes: 38,
      durationMs: expect.any(Number),
      attempts: 1,
      redirects: 0,
    });
    expect(answer.text).toContain('"body":{"n":12345678901234567890,"a":1,"a":2},"bodyEncoding"');
    expect(answer.json.durationMs).toBeGreaterThan(0);
    expect(answer).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'private, no-cache',
        vary: 'Accept, Authorization, Origin',
      },
    });
  });

  const latin1 = (text: string) => Buffer.from(text, 'latin1');
  test.each<[string, string | undefined, string | Buffer, Json]>([
    ['JSON', 'application/json', '[1]', { body: [1], bodyEncoding: 'json', bytes: 3 }],
    ['JSON of a kind', 'application/problem+json', '{"a":1}', { body: { a: 1 }, bodyEncoding: 'json' }],
    ['JSON with a mark', 'text/json', '\ufeff{"a":1}', { body: { a: 1 }, bodyEncoding: 'json', bytes: 10 }],
    ['a text', 'text/plain', 'é "\u2028\n', { body: 'é "\u2028\n', bodyEncoding: 'text', bytes: 8 }],
    ['a page', 'text/html; charset=UTF-8', '<p>é', { body: '<p>é', bodyEncoding: 'text', bytes: 5 }],
    ['XML of a kind', 'application/atom+xml', '<feed/>', { body: '<feed/>', bodyEncoding: 'text' }],
    ['lines', 'application/x-ndjson', '{}\n{}\n', { body: '{}\n{}\n', bodyEncoding: 'text' }],
    [
      'Latin-1',
      'text/plain; charset=iso-8859-1',
      latin1('caf\xe9'),
      { body: 'café', bodyEncoding: 'text', bytes: 4 },
    ],
    [
      'Latin-1, quoted',
      'text/plain;charset="ISO-8859-1"',
      latin1('\xfc'),
      { body: 'ü', bodyEncoding: 'text' },
    ],
    [
      'UTF-16',
      'text/plain; charset=utf-16le',
      Buffer.from('aé', 'utf16le'),
      { body: 'aé', bodyEncoding: 'text', bytes: 4 },
    ],
    [
      'what nobody can read',
      'text/plain; charset=klingon',
      'abc',
      { body: 'YWJj', bodyEncoding: 'base64', bytes: 3 },
    ],
    ['a picture', 'image/png', latin1('\x89PNG\0'), { body: 'iVBORwA=', bodyEncoding: 'base64', bytes: 5 }],
    ['no type', undefined, 'abc', { contentType: null, body: 'YWJj', bodyEncoding: 'base64', bytes: 3 }],
    ['nothing', 'application/json', '', { body: '', bodyEncoding: 'text', bytes: 0 }],
    ['no picture', 'image/png', '', { body: '', bodyEncoding: 'text', bytes: 0 }],
  ])('hands out %s', async (_what, type, body, expected) => {
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
    const { status, json } = await fetched({ url: upstreamSays({ headers, body }) });
    expect(status).toBe(200);
    expect(json).toMatchObject({ contentType: type ?? null, ...expected });
  });

  test.each([
    ['text/plain', latin1('caf\xe9')],
    ['application/json; charset=iso-8859-1', latin1('"\xe9"')],
    ['application/json', '{"a":1'],
  ])('answers 502 when %s is something else', async (type, body) => {
    const answer = await fetched({ url: upstreamSays({ headers: { 'content-type': type }, body }) });
    expectProblem(answer, 502, 'UPSTREAM_INVALID');
  });

  test.each([204, 304, 404, 500])('answers 200 when the upstream answers %i', async (status) => {
    const { status: ours, json } = await fetched({ url: upstreamSays({ status, body: '' }) });
    expect({ ours, ...json }).toMatchObject({ ours: 200, status, body: '', bodyEncoding: 'text', bytes: 0 });
  });

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('calls by %s', async (method) => {
    const { status, json } = await fetched({ url: `${upstream.origin}/by-method`, method });
    expect(upstream.requests.at(-1)).toMatchObject({ method, target: '/by-method', body: '' });
    if (method === 'HEAD')
      expect({ status, ...json }).toMatchObject({ status: 200, body: '', bodyEncoding: 'text', bytes: 0 });
    else expect({ status, ...json.body }).toMatchObject({ status: 200, method });
  });

  test('reads from an answer to HEAD how long the body would be, and no more', async () => {
    const headers = { ...json, 'content-length': '999999999', etag: '"1"' };
    const answer = await fetched({ url: upstreamSays({ headers }), method: 'HEAD' });
    expect(answer.json).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: '', bytes: 0 });
  });

  test.each<[unknown, string, string | undefined]>([
    ['text é', 'text é', 'text/plain; charset=utf-8'],
    ['{"a":1}', '{"a":1}', 'text/plain; charset=utf-8'],
    [{ a: [1, null, 'é'] }, '{"a":[1,null,"é"]}', 'application/json'],
    [[], '[]', 'application/json'],
    [0, '0', 'application/json'],
    [false, 'false', 'application/json'],
    [null, '', undefined],
    [undefined, '', undefined],
  ])('sends a body of %j', async (body, sent, type) => {
    const answer = await fetched({ url: `${upstream.origin}/echo`, method: 'POST', body });
    expect(answer.json.body.body).toBe(sent);
    expect(answer.json.body.headers['content-type']).toBe(type);
  });

  test('encodes what a path may not hold', async () => {
    const { json } = await fetched({ url: `${upstream.origin}/a b?c d=é#f` });
    expect(json.body.target).toBe('/a%20b?c%20d=%C3%A9');
  });

  test('calls a body what the caller calls it', async () => {
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    const item = { url: `${upstream.origin}/echo`, method: 'PATCH', headers };
    expect((await fetched({ ...item, body: { a: 1 } })).json.body).toMatchObject({
      body: '{"a":1}',
      headers: { 'content-type': 'application/merge-patch+json' },
    });
    expect((await fetched({ ...item, body: '{"a": 1}' })).json.body).toMatchObject({
      body: '{"a": 1}',
      headers: { 'content-type': 'application/merge-patch+json' },
    });
  });

  test('sends the headers on that are for an upstream, whatever their case', async () => {
    const headers = {
      AUTHORIZATION: 'Bearer theirs',
      Accept: 'text/csv',
      'Accept-Language': 'de',
      'If-None-Match': '"1"',
      'Idempotency-Key': 'k',
      Range: 'bytes=0-1',
      'X-Api-Key': ' key ',
      'X-Empty': '',
      'X-Latin': 'caf\xe9',
    };
    const { json } = await fetched({ url: `${upstream.origin}/echo`, headers });
    expect(json.body.headers).toMatchObject({
      authorization: 'Bearer theirs',
      accept: 'text/csv',
      'accept-language': 'de',
      'if-none-match': '"1"',
      'idempotency-key': 'k',
      range: 'bytes=0-1',
      'x-api-key': 'key',
      'x-empty': '',
      'x-latin': 'caf\xe9',
    });
  });

  test.each<[object, string]>([
    [{ Host: 'example.org' }, '/headers/Host'],
    [{ cookie: 'a=1' }, '/headers/cookie'],
    [{ 'X-Forwarded-For': '10.0.0.1' }, '/headers/X-Forwarded-For'],
    [{ 'User-Agent': 'me' }, '/headers/User-Agent'],
    [{ 'Content-Length': '1' }, '/headers/Content-Length'],
    [{ 'X-Whole': 'fine', 'Accept-Encoding': 'br' }, '/headers/Accept-Encoding'],
    [{ 'a/b~c': '1' }, '/headers/a~1b~0c'],
    [{ '': '1' }, '/headers/'],
    [{ 'X-A': '1', 'x-a': '2' }, '/headers/x-a'],
    [{ 'X-A': 'line\nfeed' }, '/headers/X-A'],
    [{ 'X-A': 'snow ☃' }, '/headers/X-A'],
    [{ 'X-A': 1 }, '/headers/X-A'],
    [{ 'X-A': null }, '/headers/X-A'],
    [{ 'X-A': ['1'] }, '/headers/X-A'],
    [{ 'X-A': 'x'.repeat(8 * 1024) }, '/headers'],
    [Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`X-${at}`, ''])), '/headers'],
    [['Accept', 'text/csv'], '/headers'],
  ])('says which header is not sent on: %j', async (headers, pointer) => {
    const before = upstream.requests.length;
    expectInvalid(await fetched({ url: `${upstream.origin}/refused`, headers }), pointer);
    expect(upstream.requests.length).toBe(before);
  });

  test('sends as many headers on as it says', async () => {
    const headers = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`X-${at}`, `${at}`]));
    const { json } = await fetched({ url: `${upstream.origin}/echo`, headers });
    expect(json.body.headers).toMatchObject({ 'x-0': '0', 'x-49': '49' });
    const long = 'x'.repeat(8 * 1024 - 'x-a'.length);
    const answer = await fetched({ url: `${upstream.origin}/echo`, headers: { 'X-A': long } });
    expect(answer.json.body.headers['x-a']).toBe(long);
  });

  test.each<[object, string]>([
    ...[0, -1, 1.5, 25_001, '10000', null].map((timeoutMs): [object, string] => [
      { timeoutMs },
      '/timeoutMs',
    ]),
    ...[-1, 0.5, 6, '1', null].map((retries): [object, string] => [{ retries }, '/retries']),
    ...['get', 'TRACE', 'CONNECT', 'PURGE', '', 1, null].map((method): [object, string] => [
      { method },
      '/method',
    ]),
    ...['GET', 'HEAD', undefined].map((method): [object, string] => [{ method, body: '' }, '/body']),
    [{ body: { a: 1 } }, '/body'],
    [{ url: 1 }, '/url'],
    [{ url: null }, '/url'],
    [{ url: undefined }, '/url'],
    [{ proxy: 'http://127.0.0.1:1' }, '/proxy'],
    [{ maxRedirects: 9 }, '/maxRedirects'],
    [{ 'a/b': 1 }, '/a~1b'],
  ])('says what breaks a rule in %j', async (fields, pointer) => {
    const before = upstream.requests.length;
    expectInvalid(await fetched({ url: `${upstream.origin}/refused`, ...fields }), pointer);
    expect(upstream.requests.length).toBe(before);
  });

  test('takes the most that it says', async () => {
    const most = { url: `${upstream.origin}/echo`, timeoutMs: 25_000, retries: 5, headers: {}, body: null };
    expect((await fetched(most)).status).toBe(200);
  });

  test.each([[[]], ['"text"'], ['null'], ['1']])('takes no %j for an item', async (body) => {
    const answer = await api.call({
      method: 'POST',
      path: '/v1/outbound/fetch',
      headers: { ...api.admin.as, ...json },
      body,
    });
    expectInvalid(answer, '');
  });

  test('takes a body of 1 MiB, and none that is larger', async () => {
    const ofSize = (bytes: number) => {
      const item = { url: `${upstream.origin}/large`, method: 'POST', body: '' };
      return { ...item, body: 'x'.repeat(bytes - JSON.stringify(item).length) };
    };
    const whole = await fetched(ofSize(1024 * 1024));
    expect(whole.status).toBe(200);
    expect(upstream.requests.at(-1)?.body.length).toBeGreaterThan(1024 * 1024 - 100);
    const before = upstream.requests.length;
    expectProblem(await fetched(ofSize(1024 * 1024 + 1)), 413, 'BODY_TOO_LARGE');
    expect(upstream.requests.length).toBe(before);
  });
});
