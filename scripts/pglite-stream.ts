import { Duplex } from 'node:stream';
import type { PGlite } from '@electric-sql/pglite';

/** What `pg` takes for a socket: each message goes to PostgreSQL in this very process. One connection at a time. */
export class PgliteStream extends Duplex {
  readonly #database: PGlite;

  constructor(database: PGlite) {
    super();
    this.#database = database;
  }

  connect(): void {
    process.nextTick(() => this.emit('connect'));
  }

  setNoDelay(): void {}
  setKeepAlive(): void {}
  ref(): void {}
  unref(): void {}

  override _read(): void {}

  override _write(message: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.#database.execProtocolRaw(message).then((reply) => {
      this.push(Buffer.from(reply));
      done();
    }, done);
  }
}
