import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { freePort } from './free-port.js';

/** Accepts every connection and never says a word. Close it. */
export async function startSilentServer(): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const port = await freePort();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).resume();
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
