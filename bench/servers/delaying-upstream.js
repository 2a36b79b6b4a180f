// @ts-check
/** An upstream that answers after `?ms=`, with as little to do as possible: what it takes itself is taken from both sides. */
import { createServer } from 'node:http';
import { announce } from './announce.js';

const body = Buffer.from(JSON.stringify({ id: 7, name: 'Ada Lovelace', tags: ['a', 'b', 'c'] }));

const server = createServer(({ url = '' }, response) => {
  const ms = Number(new URL(url, 'http://upstream').searchParams.get('ms'));
  setTimeout(() => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
  }, ms);
});
// Longer than any bench: no connection is hung up on while it is measured.
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () =>
  announce(/** @type {import('node:net').AddressInfo} */ (server.address()).port),
);
