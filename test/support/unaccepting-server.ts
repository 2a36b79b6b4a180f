/** A server whose queue of new connections is full: the kernel drops whoever tries, without a word. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

export interface UnacceptingServer {
  readonly port: number;
  close(): Promise<void>;
}

/** What to say of a test that has to do without one. */
export const UNPLAYABLE = 'this kernel takes connections that nobody accepts, however short the queue';

/** Listens with the shortest queue, and then never lets its event loop turn again. */
const program = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });`;

/** More than a queue of one takes. */
const MIN_CALLERS = 4;
/** A kernel that has let in so many has another idea of a short queue; each takes a moment to be let in. */
const MAX_CALLERS = 60;
/** What a kernel needs to let somebody in who is on the same machine. */
const LET_IN_MS = 50;

/** Close it. @returns undefined where the kernel does not play along */
export async function startUnacceptingServer(): Promise<UnacceptingServer | undefined> {
  const worker = new Worker(program, { eval: true });
  const [port] = (await once(worker, 'message')) as [number];
  const queue: Socket[] = [];
  const close = async () => {
    for (const socket of queue) socket.destroy();
    await worker.terminate();
  };
  while (queue.length < MAX_CALLERS) {
    queue.push(connect(port, '127.0.0.1').on('error', () => undefined));
    await delay(LET_IN_MS);
    if (queue.length >= MIN_CALLERS && queue.filter(({ connecting }) => connecting).length >= 2)
      return { port, close };
  }
  await close();
  return undefined;
}
