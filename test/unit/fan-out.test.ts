/** The loop under every fan-out: what each promises, whatever the order in which the work ends. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { each, fanOut } from '#dist/outbound/fan-out.js';

/** Work that ends when it is told to. */
class Works {
  readonly begun: number[] = [];
  readonly #ends = new Map<number, { resolve(): void; reject(error: Error): void }>();

  do = (item: number): Promise<number> => {
    this.begun.push(item);
    return new Promise((resolve, reject) => {
      this.#ends.set(item, { resolve: () => resolve(item), reject });
    });
  };

  get underWay(): number[] {
    return [...this.#ends.keys()];
  }

  end(item: number): void {
    this.#ends.get(item)?.resolve();
    this.#ends.delete(item);
  }

  fail(item: number): void {
    this.#ends.get(item)?.reject(new Error(`item ${item} failed`));
    this.#ends.delete(item);
  }
}

const upTo = (count: number) => each(Array.from({ length: count }, (_, item) => item));
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('each piece of work is done once, never more of it at a time than is allowed, and results come as they end', async () => {
  const orders = fc.record({
    count: fc.integer({ min: 0, max: 12 }),
    concurrency: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant(Number.POSITIVE_INFINITY)),
    picks: fc.array(fc.nat({ max: 100 }), { minLength: 12, maxLength: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(orders, async ({ count, concurrency, picks }) => {
      const works = new Works();
      const results = fanOut(upTo(count), concurrency, works.do);
      const ended: number[] = [];
      for (const pick of picks.slice(0, count)) {
        const result = results.next();
        await settled();
        const { underWay } = works;
        expect(underWay).toHaveLength(Math.min(concurrency, count - ended.length));
        const item = underWay[pick % underWay.length] as number;
        works.end(item);
        ended.push(item);
        expect(await result).toEqual({ done: false, value: item });
      }
      expect(await results.next()).toEqual({ done: true, value: undefined });
      expect(works.begun).toEqual(Array.from({ length: count }, (_, item) => item));
    }),
    { numRuns: 200 },
  );
});

test('nothing new begins while nobody takes what has ended', async () => {
  const works = new Works();
  const results = fanOut(upTo(10), 2, works.do);
  const first = results.next();
  await settled();
  works.end(0);
  works.end(1);
  await first;
  await settled();
  expect(works.begun).toEqual([0, 1]);
  await results.next();
  expect(works.begun).toEqual([0, 1, 2]);
});

test('who leaves starts nothing more', async () => {
  const begun: number[] = [];
  const results = fanOut(upTo(10), 2, async (item) => begun.push(item));
  for await (const _ of results) break;
  await settled();
  expect(begun).toEqual([0, 1]);
});

test('results can lead to more work, even when there was none for a while', async () => {
  const waiting = [1];
  const seen: number[] = [];
  for await (const item of fanOut(
    () => waiting.shift(),
    4,
    async (item) => item,
  )) {
    seen.push(item);
    if (item < 4) waiting.push(item + 1);
  }
  expect(seen).toEqual([1, 2, 3, 4]);
});

test('work that rejects ends the loop with its error', async () => {
  const works = new Works();
  const results = fanOut(upTo(3), 3, works.do);
  const first = results.next();
  await settled();
  works.fail(1);
  await expect(first).rejects.toThrow('item 1 failed');
  works.fail(2);
  await settled();
  expect(await results.next()).toEqual({ done: true, value: undefined });
});
