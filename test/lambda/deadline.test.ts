/** A function's time is limited: it answers before its end, and what it leaves undone harms nobody. */
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import accepts from '@fastify/accepts';
import type { Context } from 'aws-lambda';
import type { FastifyInstance } from 'fastify';
import { beforeAll, expect, test } from 'vitest';
import { readConfig } from '#dist/config.js';
import { watchRoutes } from '#dist/inbound/allowed-methods.js';
import { answerProblem } from '#dist/inbound/answer-problem.js';
import { drainOnClose } from '#dist/inbound/drain.js';
import { createFastifyAdapter } from '#dist/inbound/fastify-adapter.js';
import { installHooks } from '#dist/inbound/hooks.js';
import { toProblem } from '#dist/inbound/to-problem.js';
import { answerBy } from '#dist/lambda/http/answer-by.js';
import { type EventHandler, serveEvents } from '#dist/lambda/http/serve-events.js';
import { Metrics } from '#dist/metering/metrics.js';
import { answerByMs } from '#dist/metering/request-meter.js';
import { apiGatewayV2 } from '../../emulator/doors/api-gateway-v2.js';
import { eventually } from '../support/eventually.js';
import type { Json } from '../support/transports.js';

/** What the function keeps for itself at its end. */
const MARGIN_MS = 500;

let fastify: FastifyInstance;
let handle: EventHandler;
const begun: string[] = [];
let isSourceClosed = false;

async function* stalling(): AsyncGenerator<string> {
  try {
    yield 'the beginning';
    await pause(1_500);
    yield 'too late';
  } finally {
    isSourceClosed = true;
  }
}

/** The API's own edge, before routes that take their time. */
beforeAll(async () => {
  const config = readConfig({ LOG_LEVEL: 'silent', DATA_DIR: '/nowhere' });
  const metrics = await Metrics.open({ isFunction: true, hosts: [] });
  const adapter = createFastifyAdapter(config, metrics);
  fastify = adapter.getInstance() as unknown as FastifyInstance;
  drainOnClose(fastify);
  installHooks(fastify, 'production', watchRoutes(fastify), metrics);
  await fastify.register(accepts);
  fastify.setErrorHandler((error, request, reply) => answerProblem(toProblem(error), request, reply));
  fastify.get('/v1/slow', async (request) => {
    begun.push(request.id);
    const { ms, fails } = request.query as Record<string, string>;
    await pause(Number(ms));
    if (fails) throw new Error('failed when nobody listened any more');
    return { slow: true };
  });
  fastify.get('/v1/stream', (_request, reply) => reply.header('etag', '"1"').send(Readable.from(stalling())));
  fastify.get('/v1/left', async () => ({ leftMs: answerByMs() - performance.now() }));
  await fastify.ready();
  handle = serveEvents(fastify);
});
const contextOf = (remainingMs: number): Context => {
  const endMs = performance.now() + remainingMs;
  return { getRemainingTimeInMillis: () => endMs - performance.now() } as Context;
};

async function get(target: string, remainingMs: number): Promise<Json> {
  const fields = [
    ['Host', 'api.example.org'],
    ['X-Request-Id', `asked-${target.replace(/\W/g, '-')}`],
  ] as const;
  const request = { method: 'GET', target, fields, body: Buffer.alloc(0), sourceIp: '203.0.113.7' };
  const startedMs = performance.now();
  const result = (await handle(apiGatewayV2.toEvent(request), contextOf(remainingMs))) as Json;
  return { ...result, json: JSON.parse(result.body), tookMs: performance.now() - startedMs };
}

test('a request that takes too long is answered before the end, with the headers of every answer', async () => {
  const { statusCode, headers, json, tookMs } = await get('/v1/slow?ms=10000', 800);
  expect(tookMs).toBeGreaterThan(800 - MARGIN_MS - 20);
  expect(tookMs).toBeLessThan(8_000);
  expect({ statusCode, code: json.code, instance: json.instance }).toEqual({
    statusCode: 503,
    code: 'DEADLINE_EXCEEDED',
    instance: '/v1/slow',
  });
  expect(json.detail).toContain('may have been made');
  expect(headers).toMatchObject({
    'content-type': 'application/problem+json; charset=utf-8',
    'retry-after': '1',
    'cache-control': 'private, no-cache',
    vary: 'Accept, Authorization, Origin',
    'x-request-id': 'asked--v1-slow-ms-10000',
    'x-content-type-options': 'nosniff',
  });
  expect(headers['server-timing']).toMatch(/^app;dur=\d/);
});

test('one that is in time is not touched', async () => {
  const { statusCode, json } = await get('/v1/slow?ms=50', 5_000);
  expect({ statusCode, json }).toEqual({ statusCode: 200, json: { slow: true } });
});

test('what was left undone ends when it will, and the next event is answered as if nothing had been', async () => {
  for (const late of ['/v1/slow?ms=150', '/v1/slow?ms=150&fails=1']) {
    expect((await get(late, MARGIN_MS + 50)).json.code).toBe('DEADLINE_EXCEEDED');
    const [during] = await Promise.all([get('/v1/slow?ms=5', 5_000), pause(200)]);
    expect(during.json).toEqual({ slow: true });
    expect((await get('/v1/slow?ms=5', 5_000)).json).toEqual({ slow: true });
  }
});

test('work is not begun when its time is over already', async () => {
  const before = begun.length;
  const { statusCode, json } = await get('/v1/slow?ms=0', MARGIN_MS - 100);
  expect(statusCode).toBe(503);
  expect(json.detail).toContain('Nothing was done');
  expect(begun).toHaveLength(before);
});

test('an answer that was begun and does not end in time is a problem, and its source is let go of', async () => {
  const { statusCode, headers, json } = await get('/v1/stream', MARGIN_MS + 200);
  expect({ statusCode, code: json.code, requestId: json.requestId }).toEqual({
    statusCode: 503,
    code: 'DEADLINE_EXCEEDED',
    requestId: 'asked--v1-stream',
  });
  expect(headers).toMatchObject({ 'x-request-id': 'asked--v1-stream', 'retry-after': '1' });
  expect(headers.etag).toBeUndefined();
  await eventually(() => expect(isSourceClosed).toBe(true));
});

test('whoever waits for a request can see when it must be answered', async () => {
  const { json } = await get('/v1/left', 20_000);
  expect(json.leftMs).toBeGreaterThan(10_000);
  expect(json.leftMs).toBeLessThan(20_000 - MARGIN_MS);
});

test("the gateway's patience counts from when it took the request in, the start of the function included", () => {
  const leftMs = (remainingMs: number, takenInMs?: number) =>
    answerBy({ getRemainingTimeInMillis: () => remainingMs }, takenInMs) - performance.now();
  // Within half a second.
  const near = (ms: number) => expect.closeTo(ms, -3);
  expect(leftMs(10_000)).toEqual(near(9_500));
  expect(leftMs(900_000)).toEqual(near(28_500));
  expect(leftMs(60_000, Date.now() - 20_000)).toEqual(near(8_500));
  // An event that was kept, or a clock that is off, says nothing.
  expect(leftMs(60_000, Date.now() - 86_400_000)).toEqual(near(28_500));
  expect(leftMs(60_000, Date.now() + 60_000)).toEqual(near(28_500));
  expect(answerBy({}, undefined) - performance.now()).toEqual(near(28_500));
});

test('nothing of it holds up the end', async () => {
  const startedMs = performance.now();
  await fastify.close();
  expect(performance.now() - startedMs).toBeLessThan(6_000);
});
