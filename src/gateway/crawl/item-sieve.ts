/** Items of pages as they go out: each once, and no more than are wanted. */
import { setImmediate as breathe } from 'node:timers/promises';
import { elementsOf } from './elements-of.js';
import { itemKey } from './item-key.js';
import type { JsonPointer } from './json-pointer.js';
import type { PageItems } from './read-page.js';

/**
 * How long a crawl may go on with what it has when its time is over: a page of two million duplicates takes seconds, and
 * an answer that is whole waits for it.
 */
const MAX_LATE_MS = 100;
/** Lines that were sent already do not wait. */
const MAX_LATE_STREAM_MS = 2_000;

/** Looked at in one go: a few milliseconds, in which nobody else is served. */
const MAX_ITEMS_A_TURN = 4_096;
const CHUNK_CHARACTERS = 64 * 1024;

interface Wanted {
  readonly uniqueBy?: JsonPointer | undefined;
  readonly maxItems: number;
  /** An item as it goes out. */
  readonly written: (item: string) => string;
  readonly isStream: boolean;
  /** Whether there is no time left. */
  readonly isOver: () => boolean;
}

export class ItemSieve {
  #items = 0;
  #duplicates = 0;
  #hasMore = false;
  #lateMs = 0;
  readonly #keys = new Set<string>();

  constructor(private readonly wanted: Wanted) {}

  /** How many were taken, and how many left out by `uniqueBy`. */
  get counts(): { items: number; duplicates: number } {
    return { items: this.#items, duplicates: this.#duplicates };
  }

  /** There may be no more; whether there are any is another question. */
  get isFull(): boolean {
    return this.#items === this.wanted.maxItems;
  }

  /** There was an item more than may be. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  /** More was there than there was time for. */
  get isTooLate(): boolean {
    return this.#lateMs > (this.wanted.isStream ? MAX_LATE_STREAM_MS : MAX_LATE_MS);
  }

  /**
   * What of a page goes out.
   * @param fits whether there is room for that many bytes
   * @returns texts of some 64 kB; nothing where they do not fit or come too late, and then none of its items counts
   */
  async take(page: PageItems, fits: (bytes: number) => boolean): Promise<readonly string[] | undefined> {
    const before = this.counts;
    const chunks: string[] = [];
    let bytes = 0;
    let atMs = performance.now();
    for (const texts of this.#turns(page)) {
      const chunk = texts.join('');
      bytes += Buffer.byteLength(chunk);
      if (chunk !== '') chunks.push(chunk);
      await breathe();
      const nowMs = performance.now();
      if (this.wanted.isOver()) this.#lateMs += nowMs - atMs;
      atMs = nowMs;
      if (this.isTooLate) break;
    }
    if (!this.isTooLate && fits(bytes)) return chunks;
    this.#items = before.items;
    this.#duplicates = before.duplicates;
    return undefined;
  }

  *#turns({ text, items }: PageItems): Generator<string[]> {
    let texts: string[] = [];
    let characters = 0;
    let looked = 0;
    for (const { start, end } of elementsOf(text, items)) {
      if (looked === MAX_ITEMS_A_TURN || characters >= CHUNK_CHARACTERS) {
        yield texts;
        texts = [];
        characters = 0;
        looked = 0;
      }
      looked += 1;
      if (this.#isDuplicate(text, start)) continue;
      if (this.isFull) {
        this.#hasMore = true;
        break;
      }
      this.#items += 1;
      texts.push(this.wanted.written(text.slice(start, end)));
      characters += end - start;
    }
    yield texts;
  }

  #isDuplicate(text: string, start: number): boolean {
    const { uniqueBy } = this.wanted;
    const key = uniqueBy && itemKey(text, uniqueBy, start);
    if (key === undefined) return false;
    if (this.#keys.has(key)) {
      this.#duplicates += 1;
      return true;
    }
    // Of those that are not taken any more none needs to be known again.
    if (!this.isFull) this.#keys.add(key);
    return false;
  }
}
