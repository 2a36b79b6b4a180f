// @ts-check
/** Says hello, over TLS where CERTIFICATE and KEY are given: what stands in front of a server, and nothing behind it. */
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { announce } from './announce.js';

const { CERTIFICATE: cert, KEY: key } = process.env;
const body = Buffer.from(JSON.stringify({ Hello: 'World' }));

/** @type {import('node:http').RequestListener} */
const hello = (_request, response) =>
  void response
    .writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
    .end(body);

const server = cert && key ? createTlsServer({ cert, key }, hello) : createServer(hello);
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () =>
  announce(/** @type {import('node:net').AddressInfo} */ (server.address()).port),
);
