/** An upstream that misbehaves on purpose, byte by byte: what it does is picked by the path (hostile-answers.ts, plain-answers.ts). */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type Answer, Exchange } from './exchange.js';
import { hostilities } from './hostile-answers.js';
import { plainAnswers } from './plain-answers.js';
import { readRequests } from './wire-requests.js';

export interface HostileUpstream {
  readonly port: number;
  /** As a caller of the gateway would write it, without the last slash. */
  readonly origin: string;
  /** How often this path, its query included, was asked for. */
  count(target: string): number;
  /** Connections that are open now. */
  openSockets(): number;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. Close it. */
export async function startHostileUpstream(port = 0): Promise<HostileUpstream> {
  const counts = new Map<string, number>();
  const sockets = new Set<Socket>();
  const note = (target: string): number => {
    const count = (counts.get(target) ?? 0) + 1;
    counts.set(target, count);
    return count;
  };
  const server = createServer({ noDelay: true }, (socket) => {
    let nth = 0;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    readRequests(socket, (request) => {
      nth += 1;
      const exchange = new Exchange(request, socket, note(request.target), nth, note);
      if (exchange.path === '/counts') {
        // Its own connection is none that anybody wants to know of.
        sockets.delete(socket);
        exchange.sendJson({ requests: Object.fromEntries(counts), openSockets: sockets.size });
        socket.end();
      } else (answers[exchange.path] ?? notFound)(exchange);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    origin: `http://127.0.0.1:${address.port}`,
    count: (target) => counts.get(target) ?? 0,
    openSockets: () => sockets.size,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

const answers: Record<string, Answer> = {
  ...plainAnswers,
  ...Object.fromEntries(hostilities.map(({ path, answer }) => [path, answer])),
};

const notFound: Answer = (exchange) => exchange.send(404, {}, `no answer is called ${exchange.path}`);
