import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** A DNS server that never answers. Close it. */
export async function startSilentNames(): Promise<{ address: string; questions(): number; close(): void }> {
  let questions = 0;
  const socket = createSocket('udp4').on('message', () => {
    questions += 1;
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions: () => questions,
    close: () => socket.close(),
  };
}
