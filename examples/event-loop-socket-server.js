// @ts-check
/**
 * An HTTP server of two callbacks, one for a socket that came and one for bytes that came, on the one loop that
 * watches all sockets. While an answer waits (/wait?ms=1000) the loop serves everybody else: this is how one thread
 * holds thousands of connections. Nothing in a callback may take long, or all of them wait for it. (For real work take
 * node:http, which this leaves much to: chunks, upgrades, a time within which a head has to be whole.)
 */
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { takeRequest } from './http-request.js';
import { listen } from './listen.js';

/** Of a connection that says nothing. */
const IDLE_MS = 5_000;
const MAX_WAIT_MS = 10_000;

/** @returns {Promise<[status: string, body: string]>} */
async function answer(/** @type {string} */ method, /** @type {string} */ target) {
  const [path, query] = target.split('?');
  if (path !== '/' && path !== '/wait') return ['404 Not Found', 'Not found\n'];
  if (method !== 'GET' && method !== 'HEAD') return ['405 Method Not Allowed', 'GET or HEAD\n'];
  if (path === '/') return ['200 OK', '{"Hello":"World"}\n'];
  const ms = Number(new URLSearchParams(query).get('ms') ?? 50);
  if (!(ms >= 0 && ms <= MAX_WAIT_MS)) return ['400 Bad Request', `ms takes 0 to ${MAX_WAIT_MS}\n`];
  await wait(ms);
  return ['200 OK', `{"duration":${ms / 1_000}}\n`];
}

const written = (/** @type {string} */ status, /** @type {string} */ body, isKept = false, isHead = false) =>
  `HTTP/1.1 ${status}\r\nContent-Type: ${status === '200 OK' ? 'application/json' : 'text/plain'}\r\n` +
  `Content-Length: ${Buffer.byteLength(body)}\r\n${status.startsWith('405') ? 'Allow: GET, HEAD\r\n' : ''}` +
  `Connection: ${isKept ? 'keep-alive' : 'close'}\r\n\r\n${isHead ? '' : body}`;

/** Called when a connection has come. */
function accept(/** @type {import('node:net').Socket} */ socket) {
  /** @type {Buffer} */
  let unread = Buffer.alloc(0);
  let isOver = false;
  socket.setTimeout(IDLE_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());

  /** Called when bytes have come. Answers go out in the order of their requests, so one is made at a time. */
  async function read(/** @type {Buffer} */ chunk) {
    if (isOver) return;
    unread = Buffer.concat([unread, chunk]);
    // What else comes stays in the system, whose buffer holds a client up that sends faster than it is answered.
    socket.pause();
    for (let request = takeRequest(unread); request && !isOver; request = takeRequest(unread)) {
      if ('refused' in request) {
        isOver = true;
        socket.end(written(request.refused, `${request.refused}\n`));
        // Whatever else it sends.
        setTimeout(() => socket.destroy(), IDLE_MS).unref();
      } else {
        const { method, target, isKept, rest } = request;
        unread = rest;
        socket.setTimeout(0);
        const [status, body] = await answer(method, target);
        socket.setTimeout(IDLE_MS);
        isOver = !isKept || socket.destroyed;
        socket[isKept ? 'write' : 'end'](written(status, body, isKept, method === 'HEAD'));
        // Who asks and does not read is asked to read first.
        if (isKept && socket.writableNeedDrain)
          await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve));
      }
    }
    socket.resume();
  }
  socket.on('data', read);
}

const server = createServer(accept);
listen(server, 'A server on bare sockets: / and /wait?ms=50.', 3002);
