import type { OutgoingHttpHeaders } from 'node:http';

/** An answer was begun and cut off: on a socket, the connection would be closed without its end. */
export class BrokenAnswer extends Error {
  override readonly name = 'BrokenAnswer';
  readonly headers: Record<string, string>;

  /**
   * @param cause what it was cut off for, where that is known
   * @param isBegun whether a part of it has been sent: it is too late to answer otherwise
   */
  constructor(
    headers: OutgoingHttpHeaders,
    cause: unknown,
    readonly isBegun: boolean,
  ) {
    super('The answer broke off.', { cause });
    this.headers = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  }
}
