import { Deadline } from '../outbound/deadline.js';
import { inTurn } from '../outbound/heavy-work.js';
import type { Outbound } from '../outbound/outbound.js';
import type { OutboundCaller, OutboundRequest, UpstreamAnswer } from '../outbound/outbound-call.js';
import { ReadingRoom, type RoomTicket } from '../outbound/reading-room.js';
import { Problem } from '../problem.js';
import { type Timing, Timings } from './timings.js';

/** Which call it is, where its URL stood in the request, and its room. */
export type Place = Required<Pick<OutboundCaller, 'part' | 'ticket'>> & Pick<OutboundCaller, 'pointer'>;

/** After its deadline, for a client to take the rest of an answer of lines: all that is held for him, at 300 kB/s. */
export const READING_MS = 60_000;

/**
 * Several calls as one request: one of its user's few, one deadline, one clock, one room for their bodies; with its
 * caller all of it goes.
 */
export class CallGroup {
  readonly #deadline: Deadline;
  readonly #leave: () => void;
  readonly #timings = new Timings();
  readonly #hosts = new Set<string>();
  readonly #room = new ReadingRoom();

  /** End it. @throws Problem OUTBOUND_BUSY */
  constructor(
    private readonly outbound: Outbound,
    private readonly caller: OutboundCaller,
    timeoutMs: number,
  ) {
    this.#leave = outbound.enter(caller);
    this.#deadline = new Deadline(timeoutMs, caller.signal);
  }

  /** Nobody wants to know the rest. */
  get isLeft(): boolean {
    return this.caller.signal.aborted;
  }

  /** By the deadline, or because the caller left. */
  get isOver(): boolean {
    return this.#deadline.signal.aborted;
  }

  /** For one call. */
  timing(): Timing {
    return this.#timings.next();
  }

  /** For one call, when it begins; whoever takes it releases it, once what the call brought has gone. */
  ticket(): RoomTicket {
    return this.#room.ticket();
  }

  summary() {
    return this.#timings.summary();
  }

  /** @throws Problem, as `Outbound.call` */
  async call(request: OutboundRequest, place: Place, timing: Timing): Promise<UpstreamAnswer> {
    const began = (host: string) => {
      this.#hosts.add(host);
      timing.began();
    };
    const caller = { ...this.caller, ...place, signal: this.#deadline.signal, began };
    try {
      return await this.outbound.call(request, caller);
    } finally {
      place.ticket.finish();
    }
  }

  /** Work on what a call brought. @throws Problem UPSTREAM_TIMEOUT where the deadline comes first; what `work` throws */
  async lookThrough<T>(bytes: number, work: () => T): Promise<T> {
    try {
      return await inTurn(bytes, this.#deadline.signal, work);
    } catch (error) {
      if (error !== this.#deadline.signal.reason) throw error;
      throw comesTooLate();
    }
  }

  /** What is still under way is not waited for. */
  end(): void {
    this.#deadline.endNow();
    this.#leave();
    if (this.isLeft) this.outbound.closeIdle(this.#hosts);
  }
}

/** What is said of an answer that was there, with no time left to look through it. */
export const comesTooLate = (): Problem =>
  new Problem('UPSTREAM_TIMEOUT', 'The answer came too late to be read.', { isLogged: true });
