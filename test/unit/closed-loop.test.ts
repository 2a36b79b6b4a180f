import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { closedLoop } from '../../bench/closed-loop.js';

async function listen(answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const load = (port: number) =>
  closedLoop({
    port,
    connections: 4,
    warmUpMs: 50,
    // Longer than a machine stalls.
    durationMs: 3_000,
    next: () => 'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
    expected: 200,
  });

test('counts as many answers as callers who wait for each of theirs can get', async () => {
  const port = await listen(async (_request, response) => {
    await sleep(20);
    const body = 'x'.repeat(100_000);
    response.writeHead(200, { 'content-length': body.length });
    // In two pieces: an answer is over with its last byte.
    response.write(body.slice(0, 70_000));
    response.end(body.slice(70_000));
  });
  const { perSecond, p99Ms } = await load(port);
  expect(perSecond).toBeGreaterThan(20);
  expect(perSecond).toBeLessThan(250);
  expect(p99Ms).toBeGreaterThan(19);
});

test('fails rather than count what was not asked for', async () => {
  const refusing = await listen((_request, response) => void response.writeHead(503).end());
  await expect(load(refusing)).rejects.toThrow(/expected 200, got: HTTP\/1\.1 503/);
  const endless = await listen((_request, response) => void response.write('x'));
  await expect(load(endless)).rejects.toThrow(/without Content-Length/);
  const leaving = await listen((request) => void request.socket.destroy());
  await expect(load(leaving)).rejects.toThrow(/ended a connection|ECONNRESET/);
});
