/** Of pages that have come and not gone yet, and of those on their way. In memory each weighs up to three times as much (trials -- slow-reader). */
const MAX_BYTES = 10 * 1024 ** 2;

/**
 * Whether another page may be fetched: a client who reads slowly, or a page that others wait for, keeps what has come in
 * memory, and then nothing more is asked of the upstream.
 */
export class PageMemory {
  #heldBytes = 0;
  #heldPages = 0;
  #underWay = 0;
  /** So far: what a page on its way is taken for. It may be larger: then it waits on its way (outbound/reading-room.ts). */
  #largestBytes = 0;

  /** At least one page always goes. */
  get hasRoom(): boolean {
    if (this.#heldPages + this.#underWay === 0) return true;
    return this.#heldBytes + (this.#underWay + 1) * this.#largestBytes <= MAX_BYTES;
  }

  begin(): void {
    this.#underWay += 1;
  }

  /** @param bytes that it holds now; 0 where nothing came of it */
  end(bytes: number): void {
    this.#underWay -= 1;
    this.#heldPages += 1;
    this.#heldBytes += bytes;
    this.#largestBytes = Math.max(this.#largestBytes, bytes);
  }

  release(bytes: number): void {
    this.#heldPages -= 1;
    this.#heldBytes -= bytes;
  }
}
