// @ts-check
/** The awaiting handlers on Fastify and nothing else: no log, no headers of its own, no limits. */
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify from 'fastify';
import { announce } from '../servers/announce.js';

const app = Fastify({ keepAliveTimeout: 600_000 });

app.get('/asyncwait', async () => {
  await sleep(50);
  return { duration: 0.05 };
});
app.get('/', async () => ({ Hello: 'World' }));

await app.listen({ port: 0, host: '127.0.0.1' });
announce(/** @type {import('node:net').AddressInfo} */ (app.server.address()).port);
