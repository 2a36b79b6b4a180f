/** The graceful end of a process that the machine does not let run. */
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import fastify from 'fastify';
import { expect, test } from 'vitest';
import { drainOnClose } from '#dist/inbound/drain.js';
import { block } from '#dist/workloads/block.js';

const QUIET_MS = 100;
const ask = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

test('what was asked while it was held up is answered, though the connection was quiet for longer than it may', async () => {
  const server = fastify();
  drainOnClose(server);
  server.get('/', async () => 'here');
  await server.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
  let heard = '';
  socket.setEncoding('utf8').on('data', (text) => (heard += text));
  socket.write(ask);
  await once(socket, 'data');

  const retired = server.retire({ quietMs: QUIET_MS, limitMs: 8_000 });
  socket.write(ask);
  block(2 * QUIET_MS);
  await Promise.all([retired, once(socket, 'close')]);
  expect(heard.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
  await server.close();
});
