/** A server on many ports that keeps who was meant: the address that each connection was made to. */
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { isEither, isPublicByReference } from './public-address-reference.js';

/** A connection with its first request, if one came; or a later request on a connection that was kept. */
export interface Arrival {
  /** That the client connected to. */
  readonly address: string;
  readonly port: number;
  request?: { readonly method: string; readonly host: string; readonly path: string };
}

/** Those that may be called, and those behind which something listens that must not be reached. */
export const recordedPorts = [
  ...[80, 443, 8000, 8001, 8008, 8080, 8081, 8088, 8090, 8443, 8500, 8765, 8888, 8983, 8999],
  ...[1, 7, 19, 21, 22, 23, 25, 110, 111, 135, 139, 143, 389, 445, 554, 587, 631, 873, 993, 1080, 1433, 1521],
  ...[2049, 2375, 2379, 3000, 3128, 3306, 3389, 4000, 4040, 4646, 5000, 5005, 5432, 5601, 5672, 5900, 5984],
  ...[6000, 6379, 6443, 7000, 7001, 7077, 7474, 7999, 9000, 9001, 9042, 9090, 9100, 9200, 9418, 10250, 10255],
  ...[11211, 15672, 27017, 50070, 65535],
];

/** Where the barrier's own connections come to. */
const BARRIER_ADDRESS = '9.9.9.10';

/** What is below it is answered, and the connection then closed: the next call needs another. */
export const CLOSING_PATH = '/close/';

/** A URL on the recorder that answers with a redirect. @param to goes into the Location field as it is */
export const redirectUrl = (origin: string, status: number, to: string): string =>
  `${origin}/redirect/${status}/${Buffer.from(to).toString('base64url')}`;

/** A URL on the recorder that answers with a list and a next link. @param to goes between the brackets as it is */
export const linkUrl = (origin: string, to: string): string =>
  `${origin}/linking/${Buffer.from(to).toString('base64url')}`;

export class Recorder {
  readonly arrivals: Arrival[] = [];
  private readonly servers: Server[] = [];
  private readonly open = new Map<Socket, Arrival>();
  private readonly http = createHttpServer((request, response) => this.answer(request, response));

  async listen(): Promise<void> {
    await Promise.all(
      recordedPorts.map(async (port) => {
        const server = createServer((socket) => this.record(socket, port)).listen(port, '::');
        this.servers.push(server);
        await once(server, 'listening');
      }),
    );
  }

  /** Settles when every connection that was made until now has been recorded. */
  async barrier(): Promise<void> {
    await Promise.all(
      recordedPorts.map(async (port) => {
        const socket = connect(port, BARRIER_ADDRESS);
        socket.on('error', () => undefined).resume();
        // The server closes it after having accepted all that came before.
        await once(socket, 'close');
      }),
    );
  }

  close(): void {
    for (const server of this.servers) server.close();
    for (const socket of this.open.keys()) socket.destroy();
  }

  private record(socket: Socket, port: number): void {
    const address = (socket.localAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
    if (address === BARRIER_ADDRESS) return void socket.destroy();
    const arrival: Arrival = { address, port };
    this.arrivals.push(arrival);
    this.open.set(socket, arrival);
    socket.on('error', () => undefined);
    socket.on('close', () => this.open.delete(socket));
    this.http.emit('connection', socket);
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url: path = '', headers } = request;
    const connection = this.open.get(request.socket);
    if (!connection) return;
    const { address, port } = connection;
    const arrival: Arrival = connection.request ? { address, port } : connection;
    if (arrival !== connection) this.arrivals.push(arrival);
    arrival.request = { method, host: headers.host ?? '', path };
    const [, status, to] = /^\/redirect\/(\d+)\/([\w-]*)$/.exec(path) ?? [];
    const [, next] = /^\/linking\/([\w-]*)$/.exec(path) ?? [];
    if (to !== undefined) redirect(request.socket, Number(status), Buffer.from(to, 'base64url'));
    else if (next !== undefined) link(request.socket, Buffer.from(next, 'base64url'));
    else
      response
        .setHeader('connection', path.startsWith(CLOSING_PATH) ? 'close' : 'keep-alive')
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ reached: address, method, path }));
  }
}

/** By hand: no server of good will would send some of these. */
function redirect(socket: Socket, status: number, to: Buffer): void {
  const head = `HTTP/1.1 ${status} Elsewhere\r\nContent-Length: 0\r\nConnection: close\r\nLocation: `;
  socket.end(Buffer.concat([Buffer.from(head), to, Buffer.from('\r\n\r\n')]));
}

/** By hand, too. */
function link(socket: Socket, to: Buffer): void {
  const head =
    'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 3\r\nConnection: close\r\nLink: <';
  socket.end(Buffer.concat([Buffer.from(head), to, Buffer.from('>; rel="next"\r\n\r\n[1]')]));
}

/** The connections that must not have been made. */
export const breachesIn = (arrivals: readonly Arrival[]): Arrival[] =>
  arrivals.filter(({ address }) => !isPublicByReference(address) && !isEither(address));
