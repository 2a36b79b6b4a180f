import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { afterAll } from 'vitest';
import { eventually } from './eventually.js';

/** Of Node.js: each connection that this process makes. */
const CHANNEL = 'net.client.socket';
const STILL_MS = 700;

/**
 * What this process reads over connections that it makes to a port: what may be in its memory. What an upstream gets rid
 * of says little of that: the system takes megabytes for each connection that nobody reads.
 */
export function readBytesFrom(port: number) {
  const sockets = new Map<Socket, number | undefined>();
  const note = (message: unknown) => void sockets.set((message as { socket: Socket }).socket, undefined);
  subscribe(CHANNEL, note);
  afterAll(() => void unsubscribe(CHANNEL, note));
  const soFar = () => {
    let bytes = 0;
    for (const [socket, known] of sockets) {
      // Of a closed one it is not known any more.
      const remotePort = known ?? socket.remotePort;
      sockets.set(socket, remotePort);
      if (remotePort === port) bytes += socket.bytesRead;
    }
    return bytes;
  };
  return {
    /** @returns what waits until no more comes for a while, and says how many bytes came since */
    fromNow() {
      const before = soFar();
      return () =>
        eventually(async () => {
          const bytes = soFar();
          await new Promise((resolve) => setTimeout(resolve, STILL_MS));
          if (soFar() !== bytes || bytes === before)
            throw new Error(`still reading: ${bytes - before} bytes`);
          return bytes - before;
        });
    },
  };
}
