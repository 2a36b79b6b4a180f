/** How long to wait before a worker that died is replaced: not at all, unless they die young again and again. */

/** Who has lived this long did not die of its start. */
const YOUNG_MS = 10_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

export class RespawnPause {
  #youngDeaths = 0;

  /** @param livedMs since it listened; undefined: it never did. @returns milliseconds */
  after(livedMs: number | undefined): number {
    this.#youngDeaths = (livedMs ?? 0) < YOUNG_MS ? this.#youngDeaths + 1 : 0;
    if (this.#youngDeaths < 2) return 0;
    return Math.min(FIRST_PAUSE_MS * 2 ** (this.#youngDeaths - 2), LONGEST_PAUSE_MS);
  }
}
