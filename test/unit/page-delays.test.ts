import { expect, test } from 'vitest';
import { crawlMs, pageDelaysMs } from '../../bench/page-delays.js';

test('a crawl takes its first page, then the others in their order, each by whoever is free first', () => {
  expect(crawlMs([], 3)).toBe(0);
  expect(crawlMs([5], 3)).toBe(5);
  expect(crawlMs([1, 4, 2, 3], 1)).toBe(10);
  expect(crawlMs([1, 4, 2, 3], 2)).toBe(1 + 2 + 3);
  expect(crawlMs([1, 4, 2, 3], 3)).toBe(1 + 4);
  expect(crawlMs([1, 1, 1, 1, 9], 2)).toBe(1 + 1 + 9);
});

test("a page's delay is what the simulator will wait", () => {
  const delays = pageDelaysMs({ pages: 50, delayMs: 4_000, jitterMs: 4_000, seed: 'a' });
  expect(delays).toHaveLength(50);
  for (const delayMs of delays) expect(delayMs >= 4_000 && delayMs <= 8_000).toBe(true);
  expect(new Set(delays).size).toBeGreaterThan(40);
});
