/** What the simulator does to a connection, and that nothing it starts outlives the caller's. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { serveEmpty } from '../support/api.js';
import { makePlace, production } from '../support/app.js';
import { cpuMs } from '../support/cpu-ms.js';
import { eventually } from '../support/eventually.js';
import { expectInvalid } from '../support/problems.js';
import { startServer } from '../support/server.js';
import { socket } from '../support/transports.js';

const MIB = 1024 ** 2;

interface Received {
  head: string;
  body: Buffer;
  /** How the connection ended. */
  end: 'closed' | 'reset';
}

/** Sends requests as they stand and reads until the server ends the connection. */
function receive(port: number, ...paths: string[]): Promise<Received> {
  const client = open(port, ...paths);
  const chunks: Buffer[] = [];
  let end: Received['end'] = 'closed';
  client.on('data', (chunk) => chunks.push(chunk));
  client.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNRESET') end = 'reset';
  });
  return new Promise((resolve) =>
    client.on('close', () => {
      const all = Buffer.concat(chunks);
      const at = all.indexOf('\r\n\r\n');
      resolve({
        head: all.subarray(0, Math.max(at, 0)).toString('latin1'),
        body: all.subarray(at < 0 ? 0 : at + 4),
        end,
      });
    }),
  );
}

function open(port: number, ...paths: string[]): Socket {
  const client = connect(port, '127.0.0.1');
  for (const path of paths) client.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  return client;
}

const inProduction = serveEmpty(socket, { ...production, SIM: 'on' });
/** Begun before all others, which have their turn meanwhile. */
let hanging: Promise<{ received: Received; tookMs: number }>;
beforeAll(() => {
  const { port } = inProduction.app.getHttpServer().address() as { port: number };
  const startedMs = performance.now();
  hanging = receive(port, '/sim/hang').then((received) => ({
    received,
    tookMs: performance.now() - startedMs,
  }));
});

describe('the simulator over a real connection', () => {
  const api = serveEmpty(socket);
  let port: number;
  let connections: Set<Socket>;
  const remember = (connection: Socket) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  };
  const warnings: Error[] = [];
  const warn = (warning: Error) => warnings.push(warning);

  beforeEach(() => {
    connections = new Set();
    const server = api.app.getHttpServer();
    server.on('connection', remember);
    process.on('warning', warn);
    port = (server.address() as { port: number }).port;
  });
  afterEach(() => {
    api.app.getHttpServer().off('connection', remember);
    process.off('warning', warn);
    expect(warnings).toEqual([]);
  });

  /** Of this process: a few of others come and go meanwhile. */
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const response = (path: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      get({ port, host: '127.0.0.1', path, agent: false }, resolve).on('error', reject);
    });

  test('/sim/bytes sends as many as it says', async () => {
    for (const count of [0, 1, 65_536, 65_537, 3 * MIB]) {
      const incoming = await response(`/sim/bytes/${count}?seed=a`);
      expect(incoming.headers['content-length']).toBe(String(count));
      expect((await buffer(incoming)).length).toBe(count);
    }
    const few = await buffer(await response('/sim/bytes/1000'));
    expect(few.equals((await buffer(await response('/sim/bytes/2000'))).subarray(0, 1_000))).toBe(true);
    // Pinned: the same in every process and every version.
    expect(few.subarray(0, 8).toString('hex')).toBe('c93e54cdcf70b198');
  });

  test.each([
    ['gzip', gunzipSync],
    ['deflate', inflateSync],
    ['br', brotliDecompressSync],
  ] as const)(
    '/sim/gzip-bomb decodes to a JSON string by %s, a thousand times its size',
    async (coding, decode) => {
      for (const count of [2, 3, 65_540, 20 * MIB]) {
        const incoming = await response(`/sim/gzip-bomb?bytes=${count}&coding=${coding}`);
        expect(incoming.headers).toMatchObject({
          'content-encoding': coding,
          'content-type': 'application/json',
        });
        const wire = await buffer(incoming);
        const decoded = decode(wire);
        expect(decoded.length).toBe(count);
        expect(/^"0*"$/.test(decoded.toString('latin1'))).toBe(true);
        if (count > MIB) expect(wire.length).toBeLessThan(count / 900);
      }
      expectInvalid(await api.get('/sim/gzip-bomb?bytes=1'), 'bytes');
      expectInvalid(await api.get('/sim/gzip-bomb?coding=zip'), 'coding');
    },
  );

  test.each([
    ['truncated-gzip', (body: Buffer) => expect(() => gunzipSync(body)).toThrow(/unexpected end/)],
    [
      'double-gzip',
      (body: Buffer) => expect(JSON.parse(gunzipSync(gunzipSync(body)).toString())).toBeTruthy(),
    ],
    ['wrong-gzip', (body: Buffer) => expect(() => gunzipSync(body)).toThrow(/incorrect header/)],
    [
      'invalid-utf8',
      (body: Buffer) => expect(() => new TextDecoder('utf-8', { fatal: true }).decode(body)).toThrow(),
    ],
  ])('/sim/broken/%s is broken in that way', async (kind, check) => {
    check(await buffer(await response(`/sim/broken/${kind}`)));
  });

  test('/sim/drip sends its head first and the bytes over the time', async () => {
    const startedMs = performance.now();
    const incoming = await response('/sim/drip?bytes=5&duration=2500&delay=100');
    expect(incoming.headers['content-length']).toBe('5');
    let pieces = 0;
    incoming.on('data', () => (pieces += 1));
    await once(incoming, 'end');
    expect(performance.now() - startedMs).toBeGreaterThan(2_595);
    expect(pieces).toBeGreaterThan(1);
    for (const query of [
      'bytes=100000&duration=50',
      'bytes=7&duration=0',
      'bytes=1&duration=1',
      'bytes=0&duration=1',
    ])
      expect((await buffer(await response(`/sim/drip?${query}`))).length).toBe(
        Number(/\d+/.exec(query)?.[0]),
      );
    expectInvalid(await api.get('/sim/drip?delay=30000&duration=30001'), 'duration');
  });

  test('/sim/reset resets the connection: at once, or after so many bytes', async () => {
    expect(await receive(port, '/sim/reset')).toEqual({ head: '', body: Buffer.alloc(0), end: 'reset' });
    for (const after of [0, 1, 10, 5_000]) {
      const { head, body } = await receive(port, `/sim/reset?after=${after}`);
      expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(Number(/content-length: (\d+)/i.exec(head)?.[1])).toBeGreaterThan(after);
      // Whether Node.js hears the reset, or takes it for the end, depends on what else it has to do.
      expect(body.length).toBe(after);
    }
    expectInvalid(await api.get('/sim/reset?after=x'), 'after');
  });

  test.each([
    [10, 25],
    [25, 10],
    [0, 10],
    [10, 0],
    [0, 0],
    [1_000_000_000, 3 * MIB],
  ])('/sim/length says %d and sends %d', async (says, sends) => {
    const { head, body, end } = await receive(port, `/sim/length?says=${says}&sends=${sends}`);
    expect(head).toMatch(new RegExp(`content-length: ${says}(\r|$)`, 'i'));
    expect([body.length, end]).toEqual([sends, 'closed']);
  });

  test('/sim/length needs both numbers', async () => {
    expectInvalid(await api.get('/sim/length?says=1'), 'sends');
    expectInvalid(await api.get('/sim/length?sends=1'), 'says');
  });

  test('/sim/endless goes on, in chunks, and waits for a caller that does not read', async () => {
    const client = open(port, '/sim/endless');
    let received = 0;
    let head = '';
    await new Promise<void>((resolve) =>
      client.on('data', (chunk: Buffer) => {
        head ||= chunk.toString('latin1');
        received += chunk.length;
        if (received > 32 * MIB) {
          client.pause();
          resolve();
        }
      }),
    );
    expect(head).toMatch(/transfer-encoding: chunked/i);
    // Far more turns of the loop than fill the buffers of both ends.
    for (let turn = 0; turn < 500; turn += 1) await api.get('/health/live');
    const writing = [...connections].find(({ bytesWritten }) => bytesWritten > 32 * MIB) as Socket;
    expect(writing.writableLength).toBeLessThan(MIB);
    client.destroy();
    await eventually(() => expect(writing.destroyed).toBe(true));
  });

  test.each([
    '/sim/delay/60000',
    '/sim/items/1?delay=60000',
    '/sim/hang',
    '/sim/drip?duration=60000',
    '/sim/drip?delay=60000&duration=0',
  ])('no timer and no connection of %s outlives its callers', async (path) => {
    const before = timers();
    const clients = Array.from({ length: 100 }, () => open(port, path));
    await eventually(() => expect(timers()).toBeGreaterThan(before + 90));
    for (const client of clients) client.destroy();
    await eventually(() => expect(timers()).toBeLessThan(before + 20));
    await eventually(() => expect(connections.size).toBeLessThan(20));
  });

  test('nor of requests that wait behind others on one connection', async () => {
    const before = timers();
    const client = open(port, ...Array(100).fill('/sim/delay/60000'));
    await eventually(() => expect(timers()).toBeGreaterThan(before + 90));
    client.destroy();
    await eventually(() => expect(timers()).toBeLessThan(before + 20));
  });

  test.each([
    '/sim/gzip-bomb?bytes=2147483648',
    '/sim/endless',
    '/sim/bytes/2147483648',
    '/sim/length?says=2147483648&sends=2147483648',
  ])('no work for %s goes on when its callers have left', async (path) => {
    const clients = Array.from({ length: 5 }, () => open(port, path));
    await Promise.all(clients.map((client) => once(client, 'data')));
    for (const client of clients) client.destroy();
    await eventually(() => expect(connections.size).toBe(0));
    // Idle: what would still be made takes all the time there is.
    await eventually(async () => {
      const beforeMs = cpuMs();
      await pause(100);
      expect(cpuMs() - beforeMs).toBeLessThan(50);
    });
  });
});

describe('in production', () => {
  test('a bomb has 10 MiB unless told otherwise, an endless body no more', async () => {
    expect((await receiveBody('/sim/gzip-bomb', gunzipSync)).length).toBe(10 * MIB);
    expect((await receiveBody('/sim/endless')).length).toBe(10 * MIB);
  });

  const receiveBody = async (path: string, decode = (body: Buffer) => body): Promise<Buffer> => {
    const { port } = inProduction.app.getHttpServer().address() as { port: number };
    const incoming = await new Promise<IncomingMessage>((resolve) =>
      get({ port, host: '127.0.0.1', path, agent: false }, resolve),
    );
    return decode(await buffer(incoming));
  };

  test('/sim/hang ends after 10 s, by closing the connection', async () => {
    const { received, tookMs } = await hanging;
    expect(received).toEqual({ head: '', body: Buffer.alloc(0), end: 'closed' });
    expect(tookMs).toBeGreaterThan(9_990);
  });
});

describe('a graceful stop', () => {
  test.each(['/sim/hang', '/sim/endless'])('is not held up by %s', async (path) => {
    const place = await makePlace();
    const server = await startServer(place.env);
    const waiting = Array.from({ length: 3 }, () => open(server.port, path).resume());
    // How they are ended does not matter.
    const ended = waiting.map(
      (client) => new Promise((resolve) => client.on('error', () => undefined).on('close', resolve)),
    );
    // They have arrived: this one came after them.
    for (let turn = 0; turn < 20; turn += 1) await server.call({ path: '/health/live' });
    const answered = server.call({ path: '/sim/delay/300' });
    await server.call({ path: '/health/live' });
    const startedMs = performance.now();
    const { code, stderr } = await server.stop();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    // Else they would have the 8 s that answers in flight have.
    expect(performance.now() - startedMs).toBeLessThan(7_500);
    expect(await answered).toMatchObject({ status: 200, json: { delayMs: 300 } });
    await Promise.all(ended);
    await place.remove();
  });
});
