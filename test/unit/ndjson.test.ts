/** What becomes of an answer of lines whose client does not read on, or whose maker fails. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import accepts from '@fastify/accepts';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { answerLines } from '#dist/inbound/ndjson.js';
import { eventually } from '../support/eventually.js';

const STALL_MS = 30_000;
const TAKEN_WITHIN_MS = 3_600_000;
const LINE = `{"item":"${'x'.repeat(100_000)}"}\n`;

let server: FastifyInstance;
let made: number;
let hasEnded: boolean;

async function* lines(count: number): AsyncGenerator<string, void, undefined> {
  try {
    for (made = 0; made < count; made += 1) yield LINE;
    throw new Error('a mistake of ours, with /its/path');
  } finally {
    hasEnded = true;
  }
}

beforeEach(async () => {
  hasEnded = false;
  server = fastify();
  await server.register(accepts);
  server.get('/lines/:count', (request, reply) =>
    answerLines(lines(Number((request.params as { count: string }).count)), reply, {
      isCut: true,
      takenWithinMs: TAKEN_WITHIN_MS,
    }),
  );
  await server.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(async () => {
  vi.useRealTimers();
  await server.close();
});

const ask = (target: string, method = 'GET'): Socket => {
  const { port } = server.server.address() as { port: number };
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(`${method} ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
  return socket;
};
/** What lies on the way is full: no more lines are taken. */
async function untilHeldUp(): Promise<void> {
  for (let before = -1; before !== made || made === 0; ) {
    before = made;
    await pause(200);
  }
}
/** For what the server sets a time: its connections are real, and so are the pauses of this test. */
const holdClock = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });

test('a client that stops reading is cut off after 30 s, and nothing more is made for it', async () => {
  holdClock();
  const socket = ask('/lines/1000');
  await untilHeldUp();
  vi.advanceTimersByTime(STALL_MS - 1);
  await pause(50);
  expect(hasEnded).toBe(false);
  vi.advanceTimersByTime(1);
  await eventually(() => expect(hasEnded).toBe(true));
  expect(made).toBeLessThan(1_000);
  expect(await text(socket)).not.toMatch(/problem|0\r\n\r\n$/);
});

test('a client that reads now and then is not, until all its time is over', async () => {
  holdClock();
  // More than it reads in however many looks of a busy machine.
  const socket = ask('/lines/1000000');
  for (let round = 0; round < 3; round += 1) {
    await untilHeldUp();
    // Waiting, below, winds the clock on as well.
    vi.advanceTimersByTime(STALL_MS / 2);
    const before = made;
    socket.resume();
    await eventually(() => expect(made).toBeGreaterThan(before));
    socket.pause();
  }
  expect(hasEnded).toBe(false);
  vi.advanceTimersByTime(TAKEN_WITHIN_MS);
  await eventually(() => expect(hasEnded).toBe(true));
  socket.destroy();
});

test('a mistake while lines are made is told without what it was, and the answer has no end', async () => {
  const answer = await text(ask('/lines/2'));
  const problem = JSON.parse(/\{"problem":.*\}/.exec(answer)?.[0] ?? '{}').problem;
  expect(problem).toMatchObject({ code: 'INTERNAL', status: 500, instance: '/lines/2' });
  expect(answer).not.toContain('mistake');
  expect(answer.split(LINE.trimEnd())).toHaveLength(3);
  expect(answer).not.toMatch(/0\r\n\r\n$/);
  expect(hasEnded).toBe(true);
});

test('who asks for the head alone has nothing made for him but the first line', async () => {
  const socket = ask('/lines/1000', 'HEAD');
  const [head] = (await once(socket, 'data')) as [Buffer];
  expect(head.toString()).toMatch(/^HTTP\/1.1 200 .*content-type: application\/x-ndjson/s);
  await eventually(() => expect(hasEnded).toBe(true));
  expect(made).toBe(0);
  socket.destroy();
});
