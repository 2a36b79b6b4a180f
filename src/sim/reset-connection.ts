import type { Socket } from 'node:net';

/**
 * A reset with no end in order before it. Node's `resetAndDestroy` alone sends both, and many a client then sees only
 * the end.
 */
export function resetConnection(socket: Socket): void {
  socket.end = () => socket;
  socket.resetAndDestroy();
  socket.destroy();
}
