import type { OutgoingHttpHeaders } from 'node:http';

/** An answer was begun and cut off: on a socket, the connection would be closed without its end. */
export class BrokenAnswer extends Error {
  override readonly name = 'BrokenAnswer';
  readonly headers: Record<string, string>;

  constructor(headers: OutgoingHttpHeaders) {
    super('The answer broke off.');
    this.headers = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  }
}
