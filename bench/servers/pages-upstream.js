// @ts-check
/**
 * A list in pages of a size, as little work as that can be, which says what became of it: `/pages?page=1&pages=50&bytes=1000000`.
 * Each item has the time when it was sent; `delay` is of all pages but the first.
 */
import { createServer } from 'node:http';
import { announce } from './announce.js';

/** A page. */
const ITEMS = 100;

/** @type {Set<import('node:net').Socket>} */
const sockets = new Set();
let closedBytes = 0;
let answering = 0;

/** Handed to the kernel. */
const sentBytes = (/** @type {import('node:net').Socket} */ socket) =>
  socket.bytesWritten - socket.writableLength;

const server = createServer(({ url = '' }, response) => {
  const { searchParams } = new URL(url, 'http://upstream');
  const number = (/** @type {string} */ name) => Number(searchParams.get(name));
  const page = number('page');
  answering += 1;
  response.once('close', () => {
    answering -= 1;
  });
  setTimeout(
    () => {
      response.setHeader('content-type', 'application/json');
      response.end(pageOf(page, number('pages'), number('bytes')));
    },
    page === 1 ? 0 : number('delay'),
  );
});

/** Of about `bytes`. */
function pageOf(/** @type {number} */ page, /** @type {number} */ pages, /** @type {number} */ bytes) {
  const sentMs = performance.timeOrigin + performance.now();
  const padding = 'x'.repeat(Math.max(0, Math.floor(bytes / ITEMS) - 60));
  const items = Array.from(
    { length: ITEMS },
    (_, index) => `{"id":${(page - 1) * ITEMS + index + 1},"sentMs":${sentMs},"text":"${padding}"}`,
  );
  return `{"total":${pages * ITEMS},"items":[${items.join(',')}]}`;
}

server.on('connection', (socket) => {
  sockets.add(socket);
  socket.once('close', () => {
    sockets.delete(socket);
    closedBytes += sentBytes(socket);
  });
});
// Longer than any trial: only the caller closes a connection.
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () =>
  announce(/** @type {import('node:net').AddressInfo} */ (server.address()).port, () => ({
    bytes: [...sockets].reduce((sum, socket) => sum + sentBytes(socket), closedBytes),
    openSockets: sockets.size,
    answering,
  })),
);
