import { Duplex } from 'node:stream';
import type { PlainRequest } from './plain.js';

/** Takes what is written, and says when it has room for more. */
export type Take = (chunk: Buffer, hasRoom: () => void) => void;

/**
 * The connection of a request that came as an event: what is written to it is handed on, and who waits for its end
 * hears of it, as of a connection's. Nothing is ever read from it.
 */
export class StandInSocket extends Duplex {
  readonly remoteAddress: string;
  readonly encrypted: boolean;
  readonly #take: Take;

  constructor({ address, isSecure }: PlainRequest, take: Take) {
    super();
    this.remoteAddress = address;
    this.encrypted = isSecure;
    this.#take = take;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#take(chunk, done);
  }
}
