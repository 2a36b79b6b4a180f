import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const STEP_MS = 20;

export interface SlowReader {
  /** Read so far, head and framing included. */
  readBytes(): number;
  /** What came first. */
  head(): string;
  isOver(): boolean;
  /** Closes the connection; what has not been read is lost. */
  leave(): void;
}

/**
 * Sends a request over a connection of its own and takes no more than `bytesPerS` of the answer from the kernel: what it
 * does not take has to wait at the server, as with a phone far from its mast.
 */
export function readSlowly(
  url: string,
  request: { token: string; body?: object },
  bytesPerS: number,
): SlowReader {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  const body = request.body ? JSON.stringify(request.body) : '';
  let [readBytes, head, isOver] = [0, '', false];
  socket.on('error', () => undefined);
  socket.once('close', () => {
    isOver = true;
  });
  socket.write(
    `${request.body ? 'POST' : 'GET'} ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAccept: application/x-ndjson\r\nAuthorization: Bearer ${request.token}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  // Read by hand: without a listener for `data` nothing is taken but what fills one buffer of some kilobytes.
  void (async () => {
    const startedMs = performance.now();
    while (!isOver) {
      const dueBytes = ((performance.now() - startedMs) / 1_000) * bytesPerS;
      while (readBytes < dueBytes) {
        const chunk = socket.read() as Buffer | null;
        if (chunk === null) break;
        if (head.length < 1_000) head += chunk.toString('latin1').slice(0, 1_000);
        readBytes += chunk.length;
      }
      await pause(STEP_MS);
    }
  })();
  return {
    readBytes: () => readBytes,
    head: () => head,
    isOver: () => isOver,
    leave: () => void socket.destroy(),
  };
}
