/** What the adapter owes the application beyond the bytes: who is calling, by which scheme, and nothing made up. */
import type { Context } from 'aws-lambda';
import createFastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EventHandler, serveEvents } from '#dist/lambda/http/serve-events.js';
import type { Fields } from '../../emulator/doors/door.js';
import { doors } from '../../emulator/doors/doors.js';
import { inProcess } from '../../emulator/doors/in-process.js';
import { passThrough } from '../../emulator/doors/pass-through.js';
import type { Json } from '../support/transports.js';

let fastify: FastifyInstance;
let handle: EventHandler;
beforeAll(async () => {
  // As the API does it with TRUST_PROXY=0.
  fastify = createFastify({ trustProxy: (_address, hop) => hop < 0 });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  fastify.all('/*', (request) => ({
    ip: request.ip ?? null,
    remote: request.raw.socket.remoteAddress ?? null,
    protocol: request.protocol,
    host: request.host,
    url: request.raw.url,
    query: request.query,
    headers: request.headers,
    body: Buffer.isBuffer(request.body) ? request.body.toString() : null,
  }));
  await fastify.ready();
  handle = serveEvents(fastify);
});
afterAll(() => fastify.close());

async function seen(event: object): Promise<Json> {
  const result = (await handle(structuredClone(event), {} as Context)) as Json;
  expect(result.statusCode).toBe(200);
  return JSON.parse(result.body);
}

describe.each(doors)('through $name', (door) => {
  const ask = async (fields: Fields): Promise<Json> => {
    const request = { method: 'GET', target: '/who', fields, body: Buffer.alloc(0), sourceIp: '203.0.113.7' };
    return JSON.parse((await passThrough(door, request, inProcess(handle))).body.toString());
  };

  test("the caller's address is the service's word, whatever the caller says", async () => {
    for (const spoof of ['127.0.0.1', '::1', '198.51.100.1, 127.0.0.1', 'nonsense,,', '203.0.113.99:80']) {
      const { ip, remote } = await ask([
        ['Host', 'api.example.org'],
        ['X-Forwarded-For', spoof],
        ['Forwarded', 'for=127.0.0.1'],
        ['X-Real-IP', '127.0.0.1'],
      ]);
      expect({ ip, remote }).toEqual({ ip: '203.0.113.7', remote: '203.0.113.7' });
    }
  });

  test('scheme and host are those the service was called by', async () => {
    const { protocol, host } = await ask([
      ['Host', 'api.example.org'],
      ['X-Forwarded-Proto', 'http'],
      ['X-Forwarded-Host', 'evil.example'],
    ]);
    expect(protocol).toBe('https');
    expect(host).toMatch(/^(api\.example\.org|[a-z0-9]{32}\.lambda-url\.us-east-1\.on\.aws)$/);
  });
});

const http = { method: 'GET', path: '/', protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: '' };
const event2 = (fields: object = {}, context: object = {}) => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: '/x',
  rawQueryString: '',
  headers: { host: 'api.example.org' },
  requestContext: { domainName: 'api.example.org', http, ...context },
  isBase64Encoded: false,
  ...fields,
});
const event1 = (fields: object = {}) => ({
  httpMethod: 'GET',
  path: '/x',
  headers: null,
  multiValueHeaders: null,
  queryStringParameters: null,
  multiValueQueryStringParameters: null,
  pathParameters: null,
  stageVariables: null,
  requestContext: { domainName: 'api.example.org', identity: { sourceIp: '203.0.113.7' } },
  body: null,
  isBase64Encoded: false,
  ...fields,
});
const eventOfAlb = (fields: object = {}) => ({
  httpMethod: 'GET',
  path: '/x',
  requestContext: {
    elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/x/y' },
  },
  multiValueHeaders: {
    host: ['api.example.org'],
    'x-forwarded-for': ['203.0.113.7'],
    'x-forwarded-proto': ['https'],
  },
  multiValueQueryStringParameters: {},
  body: '',
  isBase64Encoded: false,
  ...fields,
});

test('an address that is not told is none, and never loopback', async () => {
  for (const event of [
    event2({}, { http: { ...http, sourceIp: undefined } }),
    event1({ requestContext: {} }),
    event1({ requestContext: { identity: null } }),
    eventOfAlb({ multiValueHeaders: { host: ['x'] } }),
    eventOfAlb({ multiValueHeaders: { host: ['x'], 'x-forwarded-for': ['127.0.0.1, unknown'] } }),
  ]) {
    const { ip, remote } = await seen(event);
    expect([ip, remote].join()).toMatch(/^,?$/);
  }
});

test('a load balancer may add the port to the address, of either family', async () => {
  for (const [hop, address] of [
    ['203.0.113.7:4711', '203.0.113.7'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
  ])
    expect(
      (
        await seen(
          eventOfAlb({ multiValueHeaders: { host: ['x'], 'x-forwarded-for': [`127.0.0.1, ${hop}`] } }),
        )
      ).ip,
    ).toBe(address);
});

test('a load balancer that listens on plain HTTP makes no HTTPS of it', async () => {
  const multiValueHeaders = { host: ['x'], 'x-forwarded-proto': ['http'] };
  expect((await seen(eventOfAlb({ multiValueHeaders }))).protocol).toBe('http');
});

test('without multi-value headers a load balancer is answered in single ones', async () => {
  const { multiValueHeaders: _, multiValueQueryStringParameters: __, ...rest } = eventOfAlb();
  const event = { ...rest, headers: { host: 'x', 'x-a': '1' }, queryStringParameters: { a: 'b%20c' } };
  expect(await seen(event)).toMatchObject({ query: { a: 'b c' }, headers: { 'x-a': '1' } });
  const result = (await handle(event, {} as Context)) as Json;
  expect(result.headers['content-type']).toBe('application/json; charset=utf-8');
});

test('an HTTP API set to payload format 1.0 decodes the path, a REST API does not', async () => {
  expect((await seen(event1({ version: '1.0', path: '/a b/100%' }))).url).toBe('/a%20b/100%25');
  expect((await seen(event1({ path: '/a%20b/100%25' }))).url).toBe('/a%20b/100%25');
});

test('only a Function URL leaves the path encoded in format 2.0', async () => {
  const domainName = 'abc.lambda-url.us-east-1.on.aws';
  expect((await seen(event2({ rawPath: '/a%20b' }, { domainName }))).url).toBe('/a%20b');
  expect((await seen(event2({ rawPath: '/a%20b' }))).url).toBe('/a%2520b');
  // Whoever calls an HTTP API by such a name in a field does not make it one.
  expect((await seen(event2({ rawPath: '/a b', headers: { host: domainName } }))).url).toBe('/a%20b');
});

test('members of objects are names like any other, and reach no prototype', async () => {
  const hostile = '{"__proto__":["x"],"constructor":["y"],"a":["z"]}';
  const answer = await seen(
    event1({ multiValueQueryStringParameters: JSON.parse(hostile), multiValueHeaders: JSON.parse(hostile) }),
  );
  expect(Object.entries(answer.query)).toEqual([
    ['__proto__', 'x'],
    ['constructor', 'y'],
    ['a', 'z'],
  ]);
  expect(answer.headers).toMatchObject({ constructor: 'y', a: 'z' });
  expect(({} as Json).x).toBeUndefined();
  expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('x');
});

test('nothing, null and lone surrogates in an event do no harm', async () => {
  expect(
    await seen(event2({ headers: null, cookies: null, body: null, rawQueryString: null })),
  ).toMatchObject({
    host: 'api.example.org',
    url: '/x',
    body: null,
  });
  expect((await seen(event1({ queryStringParameters: { a: null, b: '\ud800' } }))).query).toEqual({
    a: '',
    b: '\ufffd',
  });
  expect((await seen(event2({ rawPath: '/\ud800' }))).url).toBe('/%EF%BF%BD');
  expect(
    (await seen(event1({ multiValueHeaders: { 'x-a': null, 'x-b': [null, '1'] } }))).headers,
  ).toMatchObject({
    'x-b': '1',
  });
});

test('fields that may stand once keep the first, as on a socket', async () => {
  const multiValueHeaders = {
    Host: ['api.example.org'],
    'Content-Type': ['text/a', 'text/b'],
    'content-type': ['text/c'],
    Authorization: ['one', 'two'],
    Cookie: ['a=1', 'b=2'],
    'X-List': ['1', '2,3'],
  };
  expect((await seen(event1({ multiValueHeaders }))).headers).toMatchObject({
    'content-type': 'text/a',
    authorization: 'one',
    cookie: 'a=1; b=2',
    'x-list': '1, 2,3',
  });
});

test('a length the caller made up is not believed, and chunks are whole by now', async () => {
  const event = event1({
    httpMethod: 'POST',
    multiValueHeaders: {
      host: ['x'],
      'content-type': ['text/plain'],
      'content-length': ['9999'],
      'transfer-encoding': ['chunked'],
    },
    body: 'four',
  });
  expect(await seen(event)).toMatchObject({ body: 'four', headers: { 'content-length': '4' } });
});

test('a body that is no base64 is what Node reads of it, and no failure', async () => {
  const event = event1({
    httpMethod: 'POST',
    multiValueHeaders: { host: ['x'], 'content-type': ['text/plain'] },
  });
  expect((await seen({ ...event, body: '!!aGVsbG8=!!', isBase64Encoded: true })).body).toContain('hello');
  await expect(handle({ ...event, body: { not: 'text' } }, {} as Context)).rejects.toThrow(
    /must be a string/,
  );
});

test('an event of 5,000 query parameters and as many cookies is answered', async () => {
  const parameters = Object.fromEntries(
    Array.from({ length: 5_000 }, (_, index) => [`p${index}`, [`${index}`]]),
  );
  const { query } = await seen(event1({ multiValueQueryStringParameters: parameters }));
  expect(query.p4999).toBe('4999');
  const cookies = Array.from({ length: 5_000 }, (_, index) => `c${index}=x`);
  expect((await seen(event2({ cookies }))).headers.cookie).toBe(cookies.join('; '));
});

test('what frames a body on a connection is not said: the service has its own', async () => {
  for (const event of [event2(), event1(), eventOfAlb()]) {
    const result = (await handle(event, {} as Context)) as Json;
    const names = Object.keys(result.multiValueHeaders ?? result.headers);
    expect(names).toContain('content-type');
    for (const name of ['content-length', 'connection', 'keep-alive', 'transfer-encoding', 'date'])
      expect(names).not.toContain(name);
  }
});

test('without its context an event is none of HTTP, and the function says which are', async () => {
  await expect(handle(event1({ requestContext: null }), {} as Context)).rejects.toThrow(
    /^This function answers HTTP/,
  );
});

test('the event itself is left as it was', async () => {
  const event = event1({ multiValueHeaders: { Host: ['x'] }, multiValueQueryStringParameters: { a: ['1'] } });
  const before = structuredClone(event);
  await handle(event, {} as Context);
  expect(event).toEqual(before);
});
