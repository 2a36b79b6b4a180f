/** What the styles do to others, shown on a server that is a process of its own. */
import { once } from 'node:events';
import { Agent, type ClientRequest, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makePlace, type Place } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problems.js';
import { type Server, startServer } from '../support/server.js';
import { callOverSocket, type Json } from '../support/transports.js';

const THREADS = 2;
const QUEUE_MAX = 2;
const STALL_MS = 100;

let place: Place;
let server: Server;
beforeAll(async () => {
  place = await makePlace();
  server = await startServer({
    ...place.env,
    LAB_THREADS: String(THREADS),
    LAB_QUEUE_MAX: String(QUEUE_MAX),
    LOOP_STALL_MS: String(STALL_MS),
    LOG_LEVEL: 'warn',
  });
});
afterAll(async () => {
  await server?.stop();
  await place?.remove();
});

const get = (path: string) => server.call({ path });

/** What `/metrics` says by this name, whatever the labels. */
async function metric(name: string): Promise<number> {
  const lines = (await get('/metrics')).text.split('\n').filter((line) => line.startsWith(name));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

const inFlight = () => metric('farebox_http_requests_in_flight');

/** Milliseconds after which each of two clients that ask at the same time has its answer; the faster first. */
async function twoClients(style: string, ms: number): Promise<[number, number]> {
  const startedMs = performance.now();
  const took = async () => {
    expect((await get(`/lab/wait?ms=${ms}&style=${style}`)).status).toBe(200);
    return performance.now() - startedMs;
  };
  const both = await Promise.all([took(), took()]);
  return both.sort((a, b) => a - b) as [number, number];
}

test('two clients wait side by side in threads or awaited, and one after the other where the loop is blocked', async () => {
  // Threads take time to start.
  await twoClients('worker', 0);
  // Longer than a machine stalls.
  const longMs = 3_000;
  const sideBySide = await Promise.all(['worker', 'async'].map((style) => twoClients(style, longMs)));
  for (const [first, second] of sideBySide) {
    expect(first).toBeGreaterThan(longMs - 5);
    expect(second).toBeLessThan(2 * longMs);
  }
  const ms = 500;
  const [first, second] = await twoClients('blocking', ms);
  expect(first).toBeGreaterThan(ms - 5);
  expect(second).toBeGreaterThan(2 * ms - 5);
});

/** A request whose caller leaves by `destroy`. */
function begin(path: string): ClientRequest {
  const outgoing = request({ host: '127.0.0.1', port: server.port, path, agent: false });
  // It is not waited for.
  outgoing.on('error', () => undefined).end();
  return outgoing;
}

test('who finds all threads busy and the line full is told so; who leaves makes room, in the line and in a thread', async () => {
  const long = Array.from({ length: THREADS + QUEUE_MAX }, () => begin('/lab/wait?ms=10000&style=worker'));
  // The one that asks is one of them.
  await eventually(async () => expect(await inFlight()).toBe(long.length + 1));
  const refused = await get('/lab/wait?ms=0&style=worker');
  expectProblem(refused, 503, 'WORKERS_BUSY');
  expect(refused.headers['retry-after']).toBe('1');
  // Nobody else is the worse for it.
  expect((await get('/lab/wait?ms=0')).status).toBe(200);

  const leftMs = performance.now();
  for (const one of long) one.destroy();
  await eventually(async () => expect((await get('/lab/wait?ms=0&style=worker')).status).toBe(200));
  expect(performance.now() - leftMs).toBeLessThan(5_000);
});

test('who sends many requests together and leaves holds up nobody for the rest of them', async () => {
  const client = connect(server.port, '127.0.0.1');
  client.on('error', () => undefined);
  client.write('GET /lab/wait?ms=100&style=blocking HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(100));
  // The first answer.
  await once(client, 'data');
  client.destroy();
  const startedMs = performance.now();
  expect((await get('/health/live')).status).toBe(200);
  // All of them take 10 s.
  expect(performance.now() - startedMs).toBeLessThan(6_000);
});

test('a computation ends with its caller', async () => {
  const cpuS = () => metric('process_cpu_seconds_total');
  const idleS = await cpuS();
  await get('/lab/fib/40');
  const before = await cpuS();
  // 2.6 times as long each, so that they are at it while the machine stalls.
  const all = Array.from({ length: THREADS + QUEUE_MAX }, () => begin('/lab/fib/42'));
  await eventually(async () => expect(await cpuS()).toBeGreaterThan(before + 0.1));
  for (const one of all) one.destroy();
  await eventually(async () => {
    const [one, other] = [await cpuS(), await afterAPause()];
    expect(other - one).toBeLessThan(0.05);
  });
  expect((await cpuS()) - before).toBeLessThan(0.6 * all.length * 2.6 * (before - idleS));
});

/** Long enough that a thread which computes shows. */
async function afterAPause(): Promise<number> {
  await get('/lab/wait?ms=150');
  return metric('process_cpu_seconds_total');
}

const stalls = (): Json[] => server.logged().filter(({ message }) => message === 'event loop held');

/** Answers to requests that come in while the server is held, each on a connection of its own: it reads them all in one turn. */
async function inOneTurn(paths: string[]): Promise<number[]> {
  const agents = ['/lab/wait?style=blocking&ms=200', ...paths].map((path) => ({
    path,
    agent: new Agent({ keepAlive: true, maxSockets: 1 }),
  }));
  await Promise.all(agents.map(({ agent }) => callOverSocket(server.port, { path: '/health/live' }, agent)));
  const answers = await Promise.all(
    agents.map(({ path, agent }, index) =>
      callOverSocket(server.port, { path, headers: { 'x-request-id': index === 0 ? HOLDER : 'x' } }, agent),
    ),
  );
  for (const { agent } of agents) agent.destroy();
  return answers.map(({ status }) => status);
}
const HOLDER = 'holds-the-others-up';

test.each([
  ['blocks', '/lab/wait?style=blocking&ms=400', '/lab/wait', 390],
  ['awaits what is there already', '/lab/fib/30?style=async', '/lab/fib/:n', STALL_MS],
])(
  'a handler that %s is named in the log and counted; its neighbours of the same moment are not',
  async (_what, path, route, leastMs) => {
    // A machine that stalls holds others up as well: then once more.
    await eventually(async () => {
      const before = stalls().length;
      const statuses = await inOneTurn([
        '/health/live',
        '/sim/items/1',
        path,
        '/sim/delay/1',
        '/health/live',
      ]);
      expect(new Set(statuses)).toEqual(new Set([200]));
      const lines = await eventually(() => {
        const some = stalls()
          .slice(before)
          .filter(({ requestId }) => requestId !== HOLDER);
        expect(some.map((line) => line.route)).toContain(route);
        return some;
      });
      // A machine that is busy may hold others up as well, but not for as long.
      const named = lines.filter(({ heldMs }) => heldMs >= leastMs);
      expect(named).toEqual([
        expect.objectContaining({ level: 'warn', method: 'GET', route, requestId: expect.any(String) }),
      ]);
    });
    const labels = `{method="GET",route="${route}"}`;
    expect(await metric(`farebox_event_loop_stalls_total${labels}`)).toBeGreaterThan(0);
    expect(await metric(`farebox_event_loop_stalled_seconds_total${labels}`)).toBeGreaterThanOrEqual(
      leastMs / 1000,
    );
  },
);

test('so it is where one client sends them all together', async () => {
  const last = '/health/live HTTP/1.1\r\nConnection: close';
  const lines = [
    '/health/live HTTP/1.1',
    '/lab/wait?style=blocking&ms=400 HTTP/1.1',
    '/sim/delay/1 HTTP/1.1',
    last,
  ];
  await eventually(async () => {
    const before = stalls().length;
    const socket = connect(server.port, '127.0.0.1');
    socket.write(lines.map((line) => `GET ${line}\r\nHost: x\r\n\r\n`).join(''));
    expect((await text(socket)).match(/HTTP\/1.1 200/g)).toHaveLength(lines.length);
    const routes = () =>
      stalls()
        .slice(before)
        .filter(({ heldMs }) => heldMs >= 390)
        .map(({ route }) => route);
    await eventually(() => expect(routes()).not.toEqual([]));
    expect(routes()).toEqual(['/lab/wait']);
  });
});

test('it ends although its threads are there', async () => {
  expect((await get('/lab/wait?ms=0&style=worker')).status).toBe(200);
  expect((await server.stop()).code).toBe(0);
});
