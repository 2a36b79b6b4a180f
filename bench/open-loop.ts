/**
 * Load that comes whether or not the last was answered, as strangers' does: so many requests a second, over
 * many connections. Over bare sockets, as closed-loop.ts.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface OpenLoad {
  port: number;
  perSecond: number;
  durationMs: number;
  /** What is due while all wait for an answer is not sent. */
  connections: number;
  /** A whole request as it goes over the wire. */
  request: string;
}

interface LoadAnswer {
  status: number;
  hasRetryAfter: boolean;
  durationMs: number;
}

export interface LoadSeen {
  answers: LoadAnswer[];
  /** Requests that were due, sent or not. */
  due: number;
  unsent: number;
  /** Without an answer when the load was over and the patience too. */
  unanswered: number;
}

const TICK_MS = 5;
const AT_ONCE = 100;
/** After the last request. */
const PATIENCE_MS = 15_000;

export async function openLoop({
  port,
  perSecond,
  durationMs,
  connections,
  request,
}: OpenLoad): Promise<LoadSeen> {
  const idle: Socket[] = [];
  const seen: LoadSeen = { answers: [], due: 0, unsent: 0, unanswered: 0 };
  const waiting = new Map<Socket, number>();
  const open = () => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let head = '';
    let missingBytes = -1;
    socket.on('data', (chunk) => {
      if (missingBytes < 0) {
        head += chunk.toString('latin1');
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        const bodyBytes = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]);
        missingBytes = end + 4 + bodyBytes - head.length;
      } else missingBytes -= chunk.length;
      if (missingBytes > 0) return;
      seen.answers.push({
        status: Number(head.slice(9, 12)),
        hasRetryAfter: /\r\nretry-after: \d/i.test(head),
        durationMs: performance.now() - (waiting.get(socket) ?? 0),
      });
      [head, missingBytes] = ['', -1];
      waiting.delete(socket);
      idle.push(socket);
    });
    // Counted as unanswered.
    socket.on('error', () => socket.destroy());
    return socket;
  };
  // Beforehand, and a few at a time: what does not fit into the queue of new connections comes back after seconds.
  while (idle.length < connections) {
    const some = Array.from({ length: Math.min(AT_ONCE, connections - idle.length) }, open);
    await Promise.all(some.map((socket) => once(socket, 'connect')));
    idle.push(...some);
  }
  const startedMs = performance.now();
  const send = () => {
    const due = Math.floor(((performance.now() - startedMs) / 1000) * perSecond);
    for (; seen.due < due; seen.due += 1) {
      const socket = idle.pop();
      if (!socket) {
        seen.unsent += 1;
        continue;
      }
      waiting.set(socket, performance.now());
      socket.write(request);
    }
  };
  const pause = () => new Promise((resolve) => setTimeout(resolve, TICK_MS));
  for (; performance.now() - startedMs < durationMs; await pause()) send();
  const untilMs = performance.now() + PATIENCE_MS;
  while (waiting.size > 0 && performance.now() < untilMs) await pause();
  seen.unanswered = waiting.size;
  for (const socket of [...idle, ...waiting.keys()]) socket.destroy();
  return seen;
}
