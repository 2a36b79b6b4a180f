/** An event may name any method; over a socket, the parser would have refused these. */
import { Writable } from 'node:stream';
import type { Context } from 'aws-lambda';
import createFastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type EventHandler, serveEvents } from '#dist/lambda/http/serve-events.js';
import { httpEvent } from '../../scripts/bundle/typical-events.js';
import type { Json } from '../support/transports.js';

let fastify: FastifyInstance;
let handle: EventHandler;
let lines: Json[] = [];
beforeAll(async () => {
  const stream = new Writable({
    write(line, _encoding, done) {
      lines.push(JSON.parse(String(line)));
      done();
    },
  });
  fastify = createFastify({ logger: { stream } });
  fastify.get('/v1/users', () => 'here');
  await fastify.ready();
  handle = serveEvents(fastify);
});
beforeEach(() => {
  lines = [];
});
afterAll(() => fastify.close());

test.each(['FOO', 'get', 'constructor', '__proto__', '', 'X'.repeat(10_000)])(
  'the method "%s" is a problem, and one short line in the log',
  async (method) => {
    const event = httpEvent(method, '/v1/users?q=secret', { 'x-request-id': 'mine' });
    const { statusCode, headers, body } = (await handle(event, {} as Context)) as Json;
    expect({ statusCode, headers, body: JSON.parse(body) }).toMatchObject({
      statusCode: 501,
      headers: {
        'content-type': 'application/problem+json; charset=utf-8',
        'x-request-id': 'mine',
        'x-content-type-options': 'nosniff',
      },
      body: { status: 501, code: 'METHOD_UNKNOWN', instance: '/v1/users', requestId: 'mine' },
    });
    for (const name of ['connection', 'content-length']) expect(headers).not.toHaveProperty(name);
    expect(lines).toMatchObject([{ level: 30, requestId: 'mine', status: 501, address: '203.0.113.7' }]);
    expect(JSON.stringify(lines).length).toBeLessThan(400);
  },
);
