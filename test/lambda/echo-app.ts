/** An application that says what it saw, and answers in every way that could be spoiled on the way out. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import cookie from '@fastify/cookie';
import createFastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

/** Larger than any door lets through, so that the doors' limits are what is seen. */
const BODY_LIMIT_BYTES = 32 * 1024 * 1024;
/** What the services add, replace or leave out, and what frames a body. */
const ofTheWay =
  /^(host|connection|content-length|transfer-encoding|x-forwarded-(for|port|proto)|x-amzn-(trace-id|tls-.*))$/;

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const text = 'Ünïcödé “text” 🎈, with a\r\nline break and a NUL \u0000.';

function echo(request: FastifyRequest): object {
  const { method, query, cookies, params } = request;
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const headers = Object.entries(request.headers).filter(([name]) => !ofTheWay.test(name));
  return {
    method,
    rest: (params as Record<string, string>)['*'],
    query,
    headers: Object.fromEntries(headers.sort()),
    cookies,
    bytes: body.length,
    sha256: createHash('sha256').update(body).digest('hex'),
    // Beyond that, the digest says enough.
    ...(body.length < 1_000 && { hex: body.toString('hex') }),
  };
}

async function* chunks(): AsyncGenerator<Buffer> {
  for (let index = 0; index < 5; index += 1) {
    await pause(2);
    yield Buffer.from(`chunk ${index}: ${text}\r\n`);
  }
}

async function* cutShort(): AsyncGenerator<Buffer> {
  yield Buffer.from('the beginning');
  await pause(5);
  throw new Error('the source broke');
}

const filled = (bytes: number, filling: string | Buffer) => Buffer.alloc(bytes, filling);

const answers: Record<string, (reply: FastifyReply, request: FastifyRequest) => unknown> = {
  json: (reply) => reply.send({ text, list: [1, 2, 3], nothing: null }),
  text: (reply) => reply.type('text/plain; charset=utf-8').send(text),
  'latin-1': (reply) => reply.type('text/plain; charset=iso-8859-1').send(Buffer.from('caf\u00e9', 'latin1')),
  binary: (reply) => reply.type('image/png').send(everyByte),
  'binary-as-json': (reply) => reply.type('application/json').send(everyByte),
  untyped: (reply) => reply.send(everyByte),
  gzip: (reply) =>
    reply.type('application/json').header('content-encoding', 'gzip').send(gzipSync('{"zipped":true}')),
  brotli: (reply) =>
    reply.type('text/plain').header('content-encoding', 'br').send(brotliCompressSync('zipped')),
  identity: (reply) => reply.type('text/plain').header('content-encoding', 'identity').send('plain'),
  stream: (reply) => reply.type('text/plain; charset=utf-8').send(Readable.from(chunks())),
  'binary-stream': (reply) => reply.type('image/png').send(Readable.from([everyByte, everyByte])),
  'web-stream': (reply) => reply.type('text/plain').send(Readable.toWeb(Readable.from([Buffer.from(text)]))),
  chunked: (reply) =>
    reply
      .type('image/png')
      .header('transfer-encoding', 'chunked')
      .send(Readable.from([everyByte, Buffer.from('\r\n5\r\nhello\r\n')])),
  trailer: (reply) =>
    reply
      .type('text/plain')
      .trailer('x-checksum', async () => 'abc')
      .send(Readable.from([Buffer.from('with a trailer')])),
  raw: (reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'x-raw': 'yes' });
    reply.raw.write('caf');
    reply.raw.write('\u00e9', 'utf8');
    reply.raw.write('636c6f7365', 'hex');
    reply.raw.end();
  },
  empty: (reply) => reply.send(),
  204: (reply) => reply.code(204).send(),
  304: (reply) => reply.code(304).header('etag', '"7"').send(),
  redirect: (reply) => reply.redirect('/elsewhere?x=1&y=%20', 303),
  teapot: (reply) => reply.code(418).send({ short: true }),
  cookies: (reply) =>
    reply
      .header('set-cookie', [
        'a=1; Path=/; HttpOnly',
        'b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT',
        'a=1; Path=/; HttpOnly',
      ])
      .send('cookies'),
  cookie: (reply) =>
    reply.header('set-cookie', 'one=x,y; Expires=Wed, 21 Oct 2026 07:28:00 GMT').send('cookie'),
  fields: (reply) =>
    reply
      .header('x-tag', ['one', 'two, three'])
      .header('link', ['</a>; rel="next"', '</b>; rel="prev"'])
      .header('x-empty', '')
      .header('X-Odd-CASE', 'Kept')
      .header('x-number', 7)
      .send('fields'),
  'latin-1-field': (reply) => reply.header('x-name', 'caf\u00e9').send(Buffer.from('field')),
  challenge: (reply) => reply.code(401).header('www-authenticate', 'Bearer realm="x"').send('who?'),
  throw: () => {
    throw new Error('thrown');
  },
  'throw-late': async () => {
    await pause(2);
    throw new Error('thrown late');
  },
  'cut-short': (reply) => reply.type('text/plain').send(Readable.from(cutShort())),
  large: (reply, request) => {
    const { bytes, of } = request.query as Record<string, string>;
    const [type, filling] = of === 'binary' ? ['image/png', everyByte] : ['text/plain', of ?? 'x'];
    return reply.type(type as string).send(filled(Number(bytes), filling as string));
  },
};

export async function openEchoApp(): Promise<{
  fastify: FastifyInstance;
  port: number;
  close(): Promise<void>;
}> {
  const fastify = createFastify({ bodyLimit: BODY_LIMIT_BYTES, forceCloseConnections: true });
  await fastify.register(cookie);
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  fastify.all('/echo/*', (request) => echo(request));
  fastify.all('/segment/:name', (request) => request.params);
  fastify.all('/list', (request) => `${request.headers['x-tag']}`.split(',').map((item) => item.trim()));
  fastify.all('/host', (request) => ({ host: request.host }));
  for (const [name, answer] of Object.entries(answers))
    fastify.get(`/answers/${name}`, async (request, reply) => answer(reply, request));
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  const { port } = fastify.server.address() as { port: number };
  return { fastify, port, close: () => fastify.close() };
}
