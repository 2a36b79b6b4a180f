import { createHash } from 'node:crypto';

const HASH_BYTES = 6;

/** A number from 0 up to but not 1 that follows from `parts` alone: chance that is the same everywhere, every time. */
export function fractionOf(...parts: readonly (string | number)[]): number {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest();
  return hash.readUIntBE(0, HASH_BYTES) / 2 ** (8 * HASH_BYTES);
}

/** Whole milliseconds from 0 to `jitterMs`. */
export const jitterOf = (jitterMs: number, ...parts: readonly (string | number)[]): number =>
  Math.floor(fractionOf(...parts) * (jitterMs + 1));
