/** Exports through functions: what does not fit, or is not ready in time, is where `nextCursor` leads. */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveEvents } from '#dist/lambda/http/serve-events.js';
import { streamEvents } from '#dist/lambda/http/stream-events.js';
import { apiGatewayV2 } from '../../emulator/doors/api-gateway-v2.js';
import { doors } from '../../emulator/doors/doors.js';
import { functionUrlStreaming } from '../../emulator/doors/function-url.js';
import { inProcess } from '../../emulator/doors/in-process.js';
import { passStream } from '../../emulator/doors/pass-stream.js';
import { streamInProcess } from '../../emulator/doors/stream-in-process.js';
import { awslambda } from '../../scripts/bundle/awslambda.js';
import { serve } from '../support/api.js';
import { addUsers } from '../support/many-users.js';
import { direct, type Json } from '../support/transports.js';
import { type Seen, type Way, wayThrough } from './ways.js';

const MANY = 5_000;
const MAX_BYTES = 5_000_000;
/** Left of a function's time so that the export ends as soon as it has begun. */
const SHORT_MS = 2_400;
const FIRST_ROWS = 20;
/** Each takes another number of bytes in JSON, and in JSON within JSON. */
const names = ['"'.repeat(255), '\u{1f98a}'.repeat(255), '\\'.repeat(255)];

const api = serve(direct);
beforeAll(() => addUsers(api.app, MANY, (index) => ({ name: names[index % names.length] })));
const fastify = () => api.app.getHttpAdapter().getInstance() as unknown as FastifyInstance;

/** Node's, of listeners that could be a leak: a function's log would have one for each export. */
const warnings: Error[] = [];
const keep = (warning: Error) => warnings.push(warning);
beforeAll(() => void process.on('warning', keep));
afterAll(() => {
  process.off('warning', keep);
  expect(warnings).toEqual([]);
});

const asked = (cursor: string | undefined) => ({
  method: 'GET',
  target: `/v1/users?sort=email${cursor === undefined ? '' : `&cursor=${cursor}`}`,
  fields: [
    ['Accept', 'application/x-ndjson'],
    ['Authorization', String(api.admin.as.authorization)],
  ] as const,
  body: Buffer.alloc(0),
});
const linesOf = ({ status, body }: Seen): Json[] => {
  expect(status, body.toString().slice(0, 1_000)).toBe(200);
  return body
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
};

describe.each(doors)('an export of users through $name', (door) => {
  const way: Way = wayThrough(door, (event) => inProcess(serveEvents(fastify()))(event));
  const largest = door.name === 'ALB' ? 1_000_000 : MAX_BYTES;

  test('that does not fit goes on at the cursor, and has everybody in the end', async () => {
    const users: Json[] = [];
    const sizes: number[] = [];
    let cursor: string | undefined;
    do {
      const answer = await way.call(asked(cursor));
      sizes.push(answer.body.length);
      const lines = linesOf(answer);
      const { end } = lines.pop();
      expect(end.count).toBe(lines.length);
      users.push(...lines);
      cursor = end.nextCursor;
    } while (cursor !== undefined);
    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThan(largest);
    // Half of it, at least: quotes and backslashes take twice the room.
    expect(sizes[0]).toBeGreaterThan(largest / 2);
    expect(users).toHaveLength(MANY + 1);
    const emails = users.map(({ email }) => email);
    expect(emails).toEqual([...new Set(emails)].sort());
  });
});

test('an export whose function has little time left says where to go on', async () => {
  const way = wayThrough(apiGatewayV2, (event) => inProcess(serveEvents(fastify()), SHORT_MS)(event));
  const first = linesOf(await way.call(asked(undefined)));
  const { end } = first.pop();
  expect(end).toEqual({ count: FIRST_ROWS, nextCursor: expect.any(String) });
  const second = linesOf(await way.call(asked(end.nextCursor)));
  expect(second.pop().end.count).toBe(FIRST_ROWS);
  const page = await api.get(`/v1/users?sort=email&limit=${2 * FIRST_ROWS}`, api.admin.as);
  expect([...first, ...second]).toEqual(page.json.data);
});

describe('an export of users through the function that streams', () => {
  const stream = async (remainingMs: number) => {
    const handle = streamEvents(fastify(), awslambda.HttpResponseStream.from);
    const request = { ...asked(undefined), sourceIp: '203.0.113.7' };
    const { status, body } = await passStream(
      functionUrlStreaming,
      request,
      streamInProcess(handle, remainingMs),
    );
    if (Buffer.isBuffer(body)) throw new Error('was not streamed');
    return linesOf({ status, fields: [], body: Buffer.concat(await body.toArray()) });
  };

  test('has everybody', async () => {
    const lines = await stream(30_000);
    expect(lines.pop()).toEqual({ end: { count: MANY + 1 } });
    expect(lines).toHaveLength(MANY + 1);
  });

  test('says where to go on when its time is nearly up', async () => {
    const lines = await stream(SHORT_MS);
    expect(lines.pop()).toEqual({ end: { count: FIRST_ROWS, nextCursor: expect.any(String) } });
  });
});
