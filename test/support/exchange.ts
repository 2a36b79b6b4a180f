import type { Socket } from 'node:net';
import type { WireRequest } from './wire-requests.js';

/** What an upstream does with a request. */
export type Answer = (exchange: Exchange) => void;

/** One request, and the connection that it came by. */
export class Exchange {
  readonly query: URLSearchParams;
  readonly path: string;

  constructor(
    readonly request: WireRequest,
    readonly socket: Socket,
    /** How often this very target was asked for, this time included. */
    readonly count: number,
    /** How many requests came by this connection, this one included. */
    readonly nth: number,
    /** Counts something as if it had been asked for. */
    readonly note: (target: string) => void,
  ) {
    const url = new URL(request.target, 'http://upstream');
    this.path = url.pathname;
    this.query = url.searchParams;
  }

  /** @throws TypeError when the query lacks the number: a mistake of the test */
  number(name: string, fallback?: number): number {
    const given = this.query.get(name);
    if (given === null && fallback === undefined) throw new TypeError(`${this.path} needs ?${name}=`);
    return given === null ? (fallback as number) : Number(given);
  }

  /** Bytes as they are. */
  write(...parts: (string | Buffer)[]): void {
    for (const part of parts)
      this.socket.write(typeof part === 'string' ? Buffer.from(part, 'latin1') : part);
  }

  /** A whole, honest answer. */
  send(status: number, fields: Record<string, string>, body: string | Buffer = ''): void {
    const bytes = Buffer.from(body);
    this.write(head(status, { 'Content-Length': `${bytes.length}`, ...fields }), bytes);
  }

  sendJson(body: unknown): void {
    this.send(200, { 'Content-Type': 'application/json' }, JSON.stringify(body));
  }

  /** Writes `part` every `ms` until the other side has gone. */
  drip(part: string | Buffer, ms = 40): void {
    const timer = setInterval(() => this.write(part), ms);
    this.socket.once('close', () => clearInterval(timer));
  }

  /** Writes `part` as fast as it is read until the other side has gone. */
  flood(part: string | Buffer): void {
    const bytes = Buffer.from(part as string, 'latin1');
    const more = () => {
      while (!this.socket.destroyed && this.socket.write(bytes));
      // Not at once: a turn of the loop may bring the end.
      if (!this.socket.destroyed) this.socket.once('drain', () => setImmediate(more));
    };
    more();
  }

  /** Ends the connection without a farewell. */
  reset(): void {
    // What was written before is to arrive.
    setTimeout(() => this.socket.resetAndDestroy(), 20);
  }
}

/** The first lines of an answer, to the empty line. */
export function head(status: number, fields: Record<string, string>): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${status < 300 ? 'OK' : 'Whatever'}\r\n${lines.join('')}\r\n`;
}
