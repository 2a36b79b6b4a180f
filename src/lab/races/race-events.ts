/** What a race has said so far, for whoever follows it, whenever they come. */
import type { RaceEventName } from './races.schema.js';

interface RaceEvent {
  /** Counted from 1. */
  readonly id: number;
  readonly name: RaceEventName;
  readonly data: object;
}

/** Shorter than proxies wait for a byte (60 s is usual). */
const HEARTBEAT_MS = 15_000;

export class RaceEvents {
  readonly #said: RaceEvent[] = [];
  /** Readers who have read all there is. */
  readonly #waiting = new Set<() => void>();
  #isOver = false;

  constructor(private readonly heartbeatMs = HEARTBEAT_MS) {}

  get lastId(): number {
    return this.#said.length;
  }

  /** The id of an event that was said; 0, which none has, for anything else. */
  idOr0(text = ''): number {
    return this.#said.find(({ id }) => `${id}` === text)?.id ?? 0;
  }

  say(name: RaceEventName, data: object): void {
    this.#said.push({ id: this.lastId + 1, name, data });
    this.#wake();
  }

  /** Nothing is said any more. */
  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  /**
   * All events after one, as they come, as text of Server-Sent Events. Nothing is kept for a reader who is slow: it is
   * here anyway.
   * @param signal when the reader is gone
   */
  async *from(after: number, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
    // So that the head goes out at once.
    yield ':\n\n';
    for (let next = after; !signal.aborted; ) {
      const event = this.#said[next];
      if (event) {
        next += 1;
        yield textOf(event);
      } else if (this.#isOver) return;
      else if (!(await this.#hasNews(signal))) yield ':\n\n';
    }
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** @returns true when something was said or the reader has left, false when neither was for a while */
  #hasNews(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (hasNews: boolean) => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve(hasNews);
      };
      const wake = () => end(true);
      const timer = setTimeout(() => end(false), this.heartbeatMs);
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html: JSON has no line breaks of its own. */
const textOf = ({ id, name, data }: RaceEvent): string =>
  `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
