// @ts-check
/**
 * One blocking socket: a connection is accepted, answered and closed before the next one is looked at. This is how one
 * instance of a function serves: /wait?ms=50 takes 50 ms of its time whether it waits or works, so awaiting saves
 * nothing between requests. Platforms start more instances instead, and bill each; only calls made at the same time
 * within one request shorten the bill.
 */
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { listen } from './listen.js';

/** Else who connects and says nothing would stop all others. */
const PATIENCE_MS = 5_000;
const MAX_WAIT_MS = 10_000;

/** @type {{ socket: import('node:net').Socket, cameMs: number }[]} */
const queue = [];
let isBusy = false;
let queuedMs = 0;

const http = createHttpServer((request, response) => {
  const ms = Number(new URL(request.url ?? '/', 'http://localhost').searchParams.get('ms') ?? 50);
  const isGood = ms >= 0 && ms <= MAX_WAIT_MS;
  const body = isGood ? { duration: ms / 1_000, queuedMs } : { detail: `ms takes 0 to ${MAX_WAIT_MS}` };
  // A connection that is kept would keep everybody else out.
  response.writeHead(isGood ? 200 : 400, { 'content-type': 'application/json', connection: 'close' });
  setTimeout(() => response.end(`${JSON.stringify(body)}\n`), isGood ? ms : 0);
});

function serveNext() {
  while (queue[0]?.socket.destroyed) queue.shift();
  const next = isBusy ? undefined : queue.shift();
  if (!next) return;
  isBusy = true;
  queuedMs = Math.round(performance.now() - next.cameMs);
  next.socket.once('close', () => {
    isBusy = false;
    serveNext();
  });
  next.socket.setTimeout(PATIENCE_MS + MAX_WAIT_MS, () => next.socket.destroy());
  http.emit('connection', next.socket);
  next.socket.resume();
}

// Nothing is read of a connection before its turn.
const server = createServer({ pauseOnConnect: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  queue.push({ socket, cameMs: performance.now() });
  serveNext();
});
listen(server, 'Serves one connection at a time: /wait?ms=50.', 3003);
