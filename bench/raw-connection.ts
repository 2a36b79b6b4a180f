/**
 * One connection, one request at a time, over a bare socket: on few cores a client that takes as long as the server would
 * measure itself.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const END_OF_HEAD = '\r\n\r\n';
const ENDED = 'the server has ended a connection';

export class RawConnection {
  #head = '';
  #missingBytes = -1;
  #expected = 200;
  #sentMs = 0;
  #settle: { resolve(durationMs: number): void; reject(error: Error): void } | undefined;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => this.#fail(error.message));
    socket.on('close', () => this.#fail(ENDED));
  }

  static async open(port: number, ready = 'connect', socketTo = plainSocket): Promise<RawConnection> {
    const socket = socketTo(port);
    await once(socket, ready);
    return new RawConnection(socket);
  }

  /**
   * @param request as it goes over the wire
   * @returns milliseconds to the last byte
   * @throws Error on any other status, an answer without Content-Length, or where the connection ends
   */
  ask(request: string, expected = 200): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.socket.destroyed) return reject(new Error(ENDED));
      this.#expected = expected;
      this.#settle = { resolve, reject };
      this.#sentMs = performance.now();
      this.socket.write(request);
    });
  }

  close(): void {
    this.#settle = undefined;
    this.socket.destroy();
  }

  #read(chunk: Buffer): void {
    if (this.#missingBytes < 0) {
      this.#head += chunk.toString('latin1');
      const end = this.#head.indexOf(END_OF_HEAD);
      if (end < 0) return;
      const bodyBytes = /\r\ncontent-length: (\d+)/i.exec(this.#head)?.[1];
      const isExpected = Number(this.#head.slice(9, 12)) === this.#expected;
      if (!isExpected || bodyBytes === undefined) {
        const what = isExpected ? 'an answer without Content-Length' : `expected ${this.#expected}, got`;
        this.#fail(`${what}: ${this.#head.slice(0, 1_000)}`);
        return;
      }
      this.#missingBytes = end + END_OF_HEAD.length + Number(bodyBytes) - this.#head.length;
    } else this.#missingBytes -= chunk.length;
    if (this.#missingBytes > 0) return;
    [this.#head, this.#missingBytes] = ['', -1];
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.resolve(performance.now() - this.#sentMs);
  }

  #fail(reason: string): void {
    this.#settle?.reject(new Error(reason));
    this.close();
  }
}

const plainSocket = (port: number): Socket => connect({ port, host: '127.0.0.1', noDelay: true });
