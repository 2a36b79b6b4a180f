/**
 * How much of several bodies may be in memory at the same time, from the moment they are read until somebody has taken
 * what became of them. Who has no room is not read on: its connection fills up, and its upstream waits.
 *
 * Bodies get room in the order of their tickets, whole or not at all, so that each that was let in can be read to its end.
 * The first ticket that has not finished gets in even where all is taken: others may be waiting to be taken after it.
 */
import { onceAborted } from './once-aborted.js';

/** As much as four bodies of OUTBOUND_MAX_BYTES (4 MiB). In memory a body weighs up to three times as much (trials -- slow-reader). */
const ROOM_BYTES = 16 * 1024 ** 2;

interface Waiting {
  readonly bytes: number;
  readonly enter: () => void;
}

export class ReadingRoom {
  #takenBytes = 0;
  /** In the order in which they came; those that wait for room, with what they wait for. */
  readonly #unfinished = new Map<RoomTicket, Waiting | undefined>();

  /** For one call, with its repeats. Take it when the call begins: who comes first, goes first. */
  ticket(): RoomTicket {
    const ticket: RoomTicket = new RoomTicket({
      take: (bytes) => this.#take(bytes),
      wait: (waiting) => {
        this.#unfinished.set(ticket, waiting);
        this.#admit();
      },
      finish: () => {
        this.#unfinished.delete(ticket);
        this.#admit();
      },
    });
    this.#unfinished.set(ticket, undefined);
    return ticket;
  }

  #take(bytes: number): void {
    this.#takenBytes += bytes;
    if (bytes < 0) this.#admit();
  }

  #admit(): void {
    let isFirst = true;
    for (const [ticket, waiting] of this.#unfinished) {
      if (waiting) {
        if (!this.#hasRoom(waiting.bytes, isFirst)) return;
        this.#unfinished.set(ticket, undefined);
        waiting.enter();
      }
      isFirst = false;
    }
  }

  /** So never more than one body is there beyond the room. */
  #hasRoom(bytes: number, isFirst: boolean): boolean {
    if (this.#takenBytes === 0 || (isFirst && this.#takenBytes <= ROOM_BYTES)) return true;
    return this.#takenBytes + bytes <= ROOM_BYTES;
  }
}

/** What a ticket may do to its room. */
interface Desk {
  take(bytes: number): void;
  wait(waiting: Waiting | undefined): void;
  finish(): void;
}

/** One call's place in the room: what it holds there is its latest body, or the room for it. */
export class RoomTicket {
  #bytes = 0;

  constructor(private readonly desk: Desk) {}

  /**
   * Waits for room for a body. What was held before is given back first: who waits holds nothing that others wait for.
   * @param patienceMs how long it is waited; without it, until the signal ends
   * @returns whether there is room now
   * @throws the signal's reason when it ended first
   */
  async reserve(bytes: number, until: AbortSignal, patienceMs?: number): Promise<boolean> {
    until.throwIfAborted();
    if (bytes <= this.#bytes) return true;
    this.settle(0);
    return new Promise((resolve, reject) => {
      const end = (tell: () => void) => {
        clearTimeout(timer);
        forget();
        this.desk.wait(undefined);
        tell();
      };
      const timer =
        patienceMs === undefined ? undefined : setTimeout(() => end(() => resolve(false)), patienceMs);
      const forget = onceAborted(until, () => end(() => reject(until.reason)));
      const enter = () => {
        this.#bytes = bytes;
        this.desk.take(bytes);
        clearTimeout(timer);
        forget();
        resolve(true);
      };
      this.desk.wait({ bytes, enter });
    });
  }

  /** The body is whole, and that large; 0 where nothing came of it. */
  settle(bytes: number): void {
    const held = Math.min(bytes, this.#bytes);
    const freedBytes = this.#bytes - held;
    this.#bytes = held;
    if (freedBytes > 0) this.desk.take(-freedBytes);
  }

  /** The call has ended; what it brought is still held. */
  finish(): void {
    this.desk.finish();
  }

  /** What it brought is no longer held. */
  release(): void {
    this.settle(0);
    this.finish();
  }
}
