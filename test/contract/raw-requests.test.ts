/** What only a raw socket can say: bytes that no HTTP client sends. */
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { newEmail, password, serve } from '../support/api.js';
import { expectProblem } from '../support/problems.js';
import { type Answer, socket } from '../support/transports.js';

describe('over a raw socket', () => {
  const api = serve(socket);

  /** Sends bytes and reads until the server closes. */
  function send(...chunks: (string | Buffer)[]): Promise<string> {
    const { port } = api.app.getHttpServer().address() as { port: number };
    return new Promise((resolve, reject) => {
      const client = connect(port, '127.0.0.1');
      let received = '';
      client.setEncoding('utf8');
      client.on('data', (chunk) => (received += chunk));
      client.on('close', () => resolve(received));
      client.on('error', (error: NodeJS.ErrnoException) =>
        ['ECONNRESET', 'EPIPE'].includes(error.code ?? '') ? resolve(received) : reject(error),
      );
      for (const chunk of chunks) client.write(chunk);
    });
  }

  function parse(received: string): Answer {
    const [head = '', ...body] = received.split('\r\n\r\n');
    const [statusLine = '', ...fields] = head.split('\r\n');
    const headers = Object.fromEntries(
      fields.map((field) => [
        field.slice(0, field.indexOf(':')).toLowerCase(),
        field.slice(field.indexOf(':') + 1).trim(),
      ]),
    );
    const text = body.join('\r\n\r\n');
    return {
      status: Number(statusLine.split(' ')[1]),
      headers,
      cookies: [],
      text,
      json: text ? JSON.parse(text) : undefined,
    };
  }

  const end = 'Host: x\r\nConnection: close\r\n\r\n';

  test.each([
    ['no request line', 'junk\r\n\r\n'],
    ['an unknown version', `GET / HTTP/9.9\r\n${end}`],
    ['an unknown method', `BREW /v1/users HTTP/1.1\r\n${end}`],
    ['a space in the target', `GET /v1/us ers HTTP/1.1\r\n${end}`],
    ['a field without a colon', `GET / HTTP/1.1\r\nbroken\r\n${end}`],
    ['a space before the colon', `GET / HTTP/1.1\r\nX-A : b\r\n${end}`],
    ['a NUL in a field', `GET / HTTP/1.1\r\nX-A: a\u0000b\r\n${end}`],
    ['two lengths', `POST /v1/users HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n${end}{}`],
    [
      'a length and chunks',
      `POST /v1/users HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n${end}0\r\n\r\n`,
    ],
    ['a negative length', `POST /v1/users HTTP/1.1\r\nContent-Length: -1\r\n${end}`],
    ['a length that is no number', `POST /v1/users HTTP/1.1\r\nContent-Length: 2x\r\n${end}{}`],
    [
      'a broken chunk',
      `POST /v1/users HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n${end}zz\r\n{}\r\n0\r\n\r\n`,
    ],
    ['no Host', 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ])('a request with %s is a 400 problem', async (_what, request) => {
    const answer = parse(await send(request));
    expectProblem(answer, 400, 'BAD_REQUEST');
    expect(answer.headers['x-process-time']).toMatch(/^\d+(\.\d+)?$/);
    expect(answer.headers['server-timing']).toMatch(/^app/);
  });

  test('header fields over 16 KiB are a 431 problem', async () => {
    const one = parse(await send(`GET / HTTP/1.1\r\nX-Large: ${'x'.repeat(20_000)}\r\n${end}`));
    expectProblem(one, 431, 'HEADERS_TOO_LARGE');
    const fields = Array.from({ length: 1_000 }, (_, index) => `X-${index}: ${'x'.repeat(20)}\r\n`).join('');
    expectProblem(parse(await send(`GET / HTTP/1.1\r\n${fields}${end}`)), 431, 'HEADERS_TOO_LARGE');
    expectProblem(
      parse(await send(`GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${end}`)),
      431,
      'HEADERS_TOO_LARGE',
    );
  });

  test('an expectation that cannot be met is a 417 problem', async () => {
    const answer = parse(
      await send(`POST /v1/users HTTP/1.1\r\nExpect: coffee\r\nContent-Length: 0\r\n${end}`),
    );
    expectProblem(answer, 417, 'EXPECTATION_FAILED');
  });

  test('Expect: 100-continue is met', async () => {
    const body = JSON.stringify({ email: newEmail(), name: 'Ada', password });
    const received = await send(
      `POST /v1/users HTTP/1.1\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${end}`,
      body,
    );
    expect(received).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
  });

  test.each([
    ['a lone continuation byte', Buffer.from([0x80])],
    ['an overlong slash', Buffer.from([0xc0, 0xaf])],
    ['an encoded surrogate', Buffer.from([0xed, 0xa0, 0x80])],
    ['a character cut short', Buffer.from([0xf0, 0x9f, 0x98])],
    ['Latin-1', Buffer.from('\u00e9', 'latin1')],
  ])('a body that is no UTF-8 is refused: %s', async (_what, bytes) => {
    const email = newEmail();
    const body = Buffer.concat([
      Buffer.from(`{"email":"${email}","password":"${password}","name":"a`),
      bytes,
      Buffer.from('"}'),
    ]);
    const head = 'POST /v1/users HTTP/1.1\r\nContent-Type: application/json\r\n';
    const whole = parse(await send(`${head}Content-Length: ${body.length}\r\n${end}`, body));
    expectProblem(whole, 400, 'BODY_INVALID');
    const chunked = await send(
      `${head}Transfer-Encoding: chunked\r\n${end}${body.length.toString(16)}\r\n`,
      body,
      '\r\n0\r\n\r\n',
    );
    expectProblem(parse(chunked), 400, 'BODY_INVALID');
    expect((await api.get(`/v1/users/count?email=${email}`, api.admin.as)).json).toEqual({ count: 0 });
  });

  test('a body over 1 MiB without a length is refused, too', async () => {
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    const head = `POST /v1/users HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n${end}`;
    const received = await send(head + chunk.repeat(17));
    expectProblem(parse(received), 413, 'BODY_TOO_LARGE');
  });

  test('a target in absolute form is the same resource, with the same headers', async () => {
    const authorization = `Authorization: ${api.admin.as.authorization}\r\n`;
    const answer = parse(await send(`GET http://x/v1/users/me HTTP/1.1\r\n${authorization}${end}`));
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('private, no-cache');
    expect(answer.headers.vary).toBe('Accept, Authorization, Origin');
    const missing = parse(await send(`GET http://x/nothing?secret HTTP/1.1\r\n${end}`));
    expect(expectProblem(missing, 404, 'NOT_FOUND').instance).toBe('/nothing');
  });

  test('a path with needless percent-encoding is the same resource, with the same headers', async () => {
    const answer = await api.get('/%761/users/%6de', api.admin.as);
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('private, no-cache');
    expect(answer.headers.vary).toBe('Accept, Authorization, Origin');
    expectProblem(
      await api.get('/%761/users/%6de', { ...api.admin.as, accept: 'text/html' }),
      406,
      'NOT_ACCEPTABLE',
    );
  });

  test.each(['PROPFIND', 'PURGE', 'LOCK', 'M-SEARCH'])(
    '%s is 405 where there is something, 404 where there is nothing',
    async (method) => {
      const known = await api.call({ method, path: '/v1/users' });
      expectProblem(known, 405, 'METHOD_NOT_ALLOWED');
      expect(known.headers.allow).toBe('GET, HEAD, OPTIONS, POST');
      expectProblem(await api.call({ method, path: '/nothing' }), 404, 'NOT_FOUND');
    },
  );

  test('fields that come twice are not mixed up', async () => {
    const token = `Authorization: ${api.admin.as.authorization}\r\n`;
    const doubled = parse(
      await send(`GET /v1/users/me HTTP/1.1\r\nX-Request-Id: a\r\nX-Request-Id: b\r\n${token}${end}`),
    );
    expect(doubled.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    const tags = parse(
      await send(`GET /v1/users/me HTTP/1.1\r\nIf-None-Match: "0"\r\nIf-None-Match: *\r\n${token}${end}`),
    );
    expect([200, 400]).toContain(tags.status);
  });
});
