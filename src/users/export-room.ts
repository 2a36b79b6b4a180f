import type { BodyLimit } from '../metering/request-meter.js';

/** For the last line, with the longest cursor (1.5 kB) or a problem. */
const END_BYTES = 4_096;
/** Left of the request's time when an export ends: for a page that is being read, and for the client to take the rest. */
const ENDING_MS = 2_000;

/** What an export may still hold, and for how long, behind a door that takes whole answers or is closed at a time. */
export class ExportRoom {
  #leftBytes: number;

  constructor(
    private readonly answerByMs: number,
    private readonly limit: BodyLimit | undefined,
  ) {
    this.#leftBytes = (limit?.bytes ?? 0) - END_BYTES;
  }

  /** Whether there was room for it: then it is taken. */
  takes(line: string): boolean {
    if (!this.limit) return true;
    this.#leftBytes -= this.limit.sizeOf(line);
    return this.#leftBytes >= 0;
  }

  get isTimeUp(): boolean {
    return performance.now() > this.answerByMs - ENDING_MS;
  }
}
