/**
 * Load by so many callers, each of whom sends the next request when the last is answered. Over bare sockets: on
 * few cores a client that takes as long as the server would measure itself.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createHistogram } from 'node:perf_hooks';

export interface Load {
  port: number;
  connections: number;
  /** Not counted. */
  warmUpMs: number;
  durationMs: number;
  /** A whole request as it goes over the wire. */
  next: () => string;
  /** Status of every answer. */
  expected: number;
}

export interface Rate {
  perSecond: number;
  p99Ms: number;
}

const END_OF_HEAD = '\r\n\r\n';

/** @throws Error on any other status, an answer without Content-Length, or a connection that ends */
export async function closedLoop(load: Load): Promise<Rate> {
  const { port, connections, warmUpMs, durationMs } = load;
  const sockets = Array.from({ length: connections }, () =>
    connect({ port, host: '127.0.0.1', noDelay: true }),
  );
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const durations = createHistogram();
  const fromMs = performance.now() + warmUpMs;
  const untilMs = fromMs + durationMs;
  let answered = 0;
  const count = (sentMs: number, endedMs: number) => {
    if (sentMs < fromMs || endedMs > untilMs) return;
    answered += 1;
    durations.record(Math.max(1, Math.round((endedMs - sentMs) * 1000)));
  };
  await Promise.all(sockets.map((socket) => caller(socket, load, untilMs, count)));
  return { perSecond: (answered * 1000) / durationMs, p99Ms: durations.percentile(99) / 1000 };
}

function caller(
  socket: Socket,
  { next, expected }: Load,
  untilMs: number,
  count: (sentMs: number, endedMs: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let sentMs = performance.now();
    let head = '';
    let missingBytes = -1;
    const fail = (reason: string) => {
      socket.destroy();
      reject(new Error(reason));
    };
    const answered = () => {
      const nowMs = performance.now();
      count(sentMs, nowMs);
      [head, missingBytes, sentMs] = ['', -1, nowMs];
      if (nowMs < untilMs) socket.write(next());
      else {
        socket.destroy();
        resolve();
      }
    };
    socket.on('data', (chunk) => {
      if (missingBytes < 0) {
        head += chunk.toString('latin1');
        const end = head.indexOf(END_OF_HEAD);
        if (end < 0) return;
        if (Number(head.slice(9, 12)) !== expected)
          return fail(`expected ${expected}, got: ${head.slice(0, 1_000)}`);
        const bodyBytes = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
        if (bodyBytes === undefined) return fail(`an answer without Content-Length: ${head.slice(0, 1_000)}`);
        missingBytes = end + END_OF_HEAD.length + Number(bodyBytes) - head.length;
      } else missingBytes -= chunk.length;
      if (missingBytes === 0) answered();
    });
    socket.on('error', reject);
    socket.on('close', () => fail('the server has ended a connection'));
    socket.write(next());
  });
}
