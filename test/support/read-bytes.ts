import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { afterAll } from 'vitest';
import { eventually } from './eventually.js';

/** The system takes megabytes for each connection that nobody reads: what was read is what may be in memory. */
const CHANNEL = 'net.client.socket';
const STILL_MS = 700;

/**
 * What this process reads over connections that it makes to a port, from now on.
 * @returns bytes so far, once no more come for a while
 */
export function readBytesFrom(port: number): () => Promise<number> {
  const sockets = new Set<Socket>();
  const note = (message: unknown) => sockets.add((message as { socket: Socket }).socket);
  subscribe(CHANNEL, note);
  afterAll(() => void unsubscribe(CHANNEL, note));
  const ports = new Map<Socket, number | undefined>();
  const bytes = () => {
    let sum = 0;
    for (const socket of sockets) {
      // Of a closed one it is not known any more.
      if (!ports.get(socket)) ports.set(socket, socket.remotePort);
      if (ports.get(socket) === port) sum += socket.bytesRead;
    }
    return sum;
  };
  return () =>
    eventually(async () => {
      const before = bytes();
      await new Promise((resolve) => setTimeout(resolve, STILL_MS));
      if (bytes() !== before || before === 0) throw new Error(`still reading: ${before} bytes`);
      return before;
    });
}
