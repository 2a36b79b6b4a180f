/** How long `/sim/pages` waits with each page, and what a crawl of them can take at best. */
import { jitterOf } from '#dist/sim/fraction-of.js';

export interface PagesPlan {
  pages: number;
  delayMs: number;
  jitterMs: number;
  seed: string;
}

/** Page by page. */
export const pageDelaysMs = ({ pages, delayMs, jitterMs, seed }: PagesPlan): number[] =>
  Array.from({ length: pages }, (_, index) => delayMs + jitterOf(jitterMs, 'page', index + 1, seed));

/** The first page alone, since it says how many there are; then the others in their order, each by whoever is free first. */
export function crawlMs([first = 0, ...others]: readonly number[], concurrency: number): number {
  const freeAtMs = new Array<number>(concurrency).fill(first);
  for (const delayMs of others) {
    const earliest = freeAtMs.indexOf(Math.min(...freeAtMs));
    freeAtMs[earliest] = (freeAtMs[earliest] as number) + delayMs;
  }
  return Math.max(...freeAtMs);
}
