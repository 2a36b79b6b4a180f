// @ts-check
/** The awaiting handlers on node:http and nothing else: as little as a server in Node can do. */
import { createServer } from 'node:http';
import { announce } from '../servers/announce.js';

/** @param {import('node:http').ServerResponse} response @param {object} body */
function answer(response, body) {
  const text = JSON.stringify(body);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length }).end(text);
}

const server = createServer(({ url }, response) => {
  if (url === '/asyncwait') setTimeout(() => answer(response, { duration: 0.05 }), 50);
  else if (url === '/') answer(response, { Hello: 'World' });
  else response.writeHead(404).end();
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () =>
  announce(/** @type {import('node:net').AddressInfo} */ (server.address()).port),
);
