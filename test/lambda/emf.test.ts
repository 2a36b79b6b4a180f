/** What a function writes for CloudWatch's metrics: one line an event, whatever became of it, and nothing of the caller's. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { apiGatewayV2 } from '../../emulator/doors/api-gateway-v2.js';
import { makePlace, production } from '../support/app.js';
import type { Json } from '../support/transports.js';

/** Answers events one after the other and is gone with the last answer; how many rejected goes to stderr. */
const events = `
import { writeSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { createApp } from './dist/app.js';
import { readConfig } from './dist/config.js';
import { serveEvents } from './dist/lambda/http/serve-events.js';
import { streamEvents } from './dist/lambda/http/stream-events.js';
const [kind, events, remainingMs] = JSON.parse(process.argv[1]);
const app = await createApp({ ...readConfig(process.env), canStream: kind === 'stream' });
const fastify = app.getHttpAdapter().getInstance();
const handle =
  kind === 'api' ? serveEvents(fastify) : (event, context) => streamEvents(fastify, (stream) => stream)(event, new PassThrough().resume(), context);
let rejected = 0;
for (const event of events) await handle(event, { getRemainingTimeInMillis: () => remainingMs }).catch(() => (rejected += 1));
writeSync(2, String(rejected));
process.kill(process.pid, 'SIGKILL');
`;

/**
 * From the specification that src/metering/emf-lines.ts names, the parts that bind: what must be there, its types, limits
 * and units.
 */
const schema = {
  type: 'object',
  required: ['_aws'],
  properties: {
    _aws: {
      type: 'object',
      required: ['Timestamp', 'CloudWatchMetrics'],
      properties: {
        Timestamp: { type: 'integer', minimum: 0 },
        CloudWatchMetrics: { type: 'array', minItems: 1, items: { $ref: '#/$defs/directive' } },
      },
    },
  },
  $defs: {
    directive: {
      type: 'object',
      required: ['Namespace', 'Dimensions', 'Metrics'],
      additionalProperties: false,
      properties: {
        Namespace: { type: 'string', minLength: 1, maxLength: 1024 },
        Dimensions: {
          type: 'array',
          minItems: 1,
          items: { type: 'array', maxItems: 30, items: { type: 'string', minLength: 1, maxLength: 250 } },
        },
        Metrics: {
          type: 'array',
          minItems: 1,
          maxItems: 100,
          items: {
            type: 'object',
            required: ['Name'],
            additionalProperties: false,
            properties: {
              Name: { type: 'string', minLength: 1, maxLength: 1024 },
              Unit: { enum: ['Milliseconds', 'Count'] },
              StorageResolution: { enum: [1, 60] },
            },
          },
        },
      },
    },
  },
};
const isEmf = new Ajv2020({ allErrors: true }).compile(schema);

/** That each line is as CloudWatch wants it: also what a schema cannot say, that what it refers to is there. */
function expectValid(line: Json): void {
  expect([isEmf(line), isEmf.errors]).toEqual([true, null]);
  for (const { Dimensions, Metrics } of line._aws.CloudWatchMetrics) {
    for (const name of Dimensions.flat()) expect(line[name]).toMatch(/^.{1,1024}$/);
    for (const { Name } of Metrics) expect(line[Name], Name).toEqual(expect.any(Number));
  }
  expect(JSON.stringify(line).length).toBeLessThan(1_000);
}

interface Asked {
  method?: string;
  target: string;
  body?: object;
}

async function linesOf(
  kind: 'api' | 'stream',
  asked: Asked[],
  { remainingMs = 10_000, ...environment }: { remainingMs?: number } & Record<string, string | number> = {},
): Promise<{ emf: Json[]; others: Json[]; out: string }> {
  const place = await makePlace();
  try {
    const some = asked.map(({ method = 'GET', target, body }) =>
      apiGatewayV2.toEvent({
        method,
        target,
        fields: [
          ['Host', 'api.example.org'],
          ['Content-Type', 'application/json'],
          ['Authorization', 'Bearer planted-token'],
        ],
        body: Buffer.from(body ? JSON.stringify(body) : ''),
        sourceIp: '203.0.113.7',
      }),
    );
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', events, JSON.stringify([kind, some, remainingMs])],
      {
        cwd: fileURLToPath(new URL('../..', import.meta.url)),
        env: {
          PATH: process.env.PATH,
          ...place.env,
          ...production,
          AWS_LAMBDA_FUNCTION_NAME: 'farebox-dev-api',
          SIGNUP: 'open',
          LOG_LEVEL: 'silent',
          ...environment,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(err).toMatch(/^\d+$/);
    const lines = out
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    return { emf: lines.filter((one) => one._aws), others: lines.filter((one) => !one._aws), out };
  } finally {
    await place.remove();
  }
}

const password = 'planted-password-1';
const typical: Asked[] = [
  { method: 'POST', target: '/v1/users', body: { email: 'planted@example.org', name: 'Planted', password } },
  { method: 'POST', target: '/v1/auth/login', body: { email: 'planted@example.org', password: 'planted-2' } },
  { target: '/v1/users/planted-id?q=planted-query' },
  { target: '/planted-path?planted-query' },
  { target: '/v1/users?q=%zz' },
  { method: 'PLANTED', target: '/v1/users' },
  { method: 'DELETE', target: '/v1/users' },
];

describe.each(['api', 'stream'] as const)('the function %s', (kind) => {
  test('writes one valid line an event of few metrics, with no word of a caller, whatever LOG_LEVEL', async () => {
    const { emf, others, out } = await linesOf(kind, typical);
    for (const line of emf) expectValid(line);
    expect(emf.map(({ method, route, statusClass }) => `${method} ${route} ${statusClass}`)).toEqual([
      'POST /v1/users 2xx',
      'POST /v1/auth/login 4xx',
      'GET /v1/users/:id 4xx',
      'GET none 4xx',
      'GET /v1/users 4xx',
      'other none 5xx',
      'DELETE /v1/users 4xx',
    ]);
    expect(others).toEqual([]);
    for (const word of ['planted', 'PLANTED', '203.0.113.7', '%zz', '?']) expect(out).not.toContain(word);
    expect(emf.map(({ ColdStarts }) => ColdStarts)).toEqual([1, 0, 0, 0, 0, 0, 0]);
    expect(emf.map(({ ClientErrors, ServerErrors }) => [ClientErrors, ServerErrors])).toEqual(
      emf.map(({ statusClass }) => [Number(statusClass === '4xx'), Number(statusClass === '5xx')]),
    );
    expect(emf[0]).toMatchObject({ function: 'farebox-dev-api', requestId: expect.any(String) });
    expect(emf[0]?.Duration).toBeGreaterThan(emf[0]?.DatabaseDuration);
    // A part that a request has not is no metric of it.
    expect(emf[3]).not.toHaveProperty('DatabaseDuration');
    expect(emf[0]).not.toHaveProperty('UpstreamDuration');
    // Few metrics: 6 of the function at most, one of each route.
    const [ofTheFunction, ofRoutes] = emf[0]?._aws.CloudWatchMetrics ?? [];
    expect(ofTheFunction.Dimensions).toEqual([['function']]);
    expect(ofTheFunction.Metrics.map(({ Name }: Json) => Name)).toEqual([
      'Duration',
      'ClientErrors',
      'ServerErrors',
      'ColdStarts',
      'DatabaseDuration',
    ]);
    expect(ofRoutes).toMatchObject({ Dimensions: [['function', 'route']], Metrics: [{ Name: 'Duration' }] });
  });

  test('writes the line of a request whose time was over, before it is frozen', async () => {
    const { emf } = await linesOf(kind, [{ target: '/health/ready' }], { remainingMs: 400 });
    expect(emf).toMatchObject([{ route: '/health/ready', statusClass: '5xx', ServerErrors: 1 }]);
    for (const line of emf) expectValid(line);
  });
});

// Which of the two answers has no part in these.
test('leaves the log as it was', async () => {
  const { emf, others } = await linesOf('api', typical.slice(0, 2), { LOG_LEVEL: 'info' });
  expect(emf).toHaveLength(2);
  expect(others.filter(({ message }) => message === 'request')).toMatchObject([
    { route: '/v1/users', status: 201 },
    { route: '/v1/auth/login', status: 401 },
  ]);
});

test('writes none with METRICS_EMF=off', async () => {
  const { emf, others } = await linesOf('api', typical, { METRICS_EMF: 'off', LOG_LEVEL: 'info' });
  expect(emf).toEqual([]);
  expect(others.length).toBeGreaterThan(5);
});
