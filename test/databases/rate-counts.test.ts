/** Counts that processes share: exact however many count at once, by the database's clock. */
import { expect, test } from 'vitest';
import type { Database } from '#dist/database/database.js';
import { addToRateCount, sweepRateCounts, takeFromRateCount } from '#dist/database/rate-counts.js';
import { eventually } from '../support/eventually.js';
import { openDatabase, openTemporary } from '../support/temporary-database.js';

const WINDOW_MS = 60_000;
const add = (
  database: Database,
  key: string,
  over: { points?: number; mostPoints?: number; windowMs?: number } = {},
) => addToRateCount(database, { key, points: 1, mostPoints: 1_000, windowMs: WINDOW_MS, ...over });
const rows = ({ client }: Database) => client.rateCount.findMany({ orderBy: { key: 'asc' } });

test('a hundred at once over two connections are a hundred, each with its own number, in one window', async () => {
  // Each waits for those before it.
  const timeoutMs = 30_000;
  const { database, url } = await openTemporary({ timeoutMs });
  const other = await openDatabase(url, { timeoutMs });
  const counts = await Promise.all(
    Array.from({ length: 100 }, (_, index) => add(index % 2 ? database : other, 'login:one')),
  );
  expect(counts.map(({ points }) => points).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 100 }, (_, index) => index + 1),
  );
  expect(new Set(counts.map(({ endsAtMs }) => endsAtMs)).size).toBe(1);
  for (const { leftMs } of counts) {
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThanOrEqual(WINDOW_MS);
  }
});

test('another key is another count, and more than one point may be added', async () => {
  const { database } = await openTemporary();
  expect(await add(database, 'a', { points: 50 })).toMatchObject({ points: 50 });
  expect(await add(database, 'a', { points: 7 })).toMatchObject({ points: 57 });
  expect(await add(database, 'b')).toMatchObject({ points: 1 });
});

test('it stops where more make no difference', async () => {
  const { database } = await openTemporary();
  for (const points of [1, 2, 3, 4, 4, 4])
    expect(await add(database, 'a', { mostPoints: 4 })).toMatchObject({ points });
});

test('a window that is over begins anew, and owes nothing to who was counted in it', async () => {
  const { database } = await openTemporary();
  const first = await add(database, 'a', { windowMs: 200 });
  await add(database, 'a', { windowMs: 200 });
  const second = await eventually(async () => {
    const count = await add(database, 'a', { windowMs: 200 });
    expect(count.points).toBe(1);
    return count;
  });
  expect(second.endsAtMs).toBeGreaterThan(first.endsAtMs);
  const takeOf = ({ endsAtMs }: { endsAtMs: number }) =>
    takeFromRateCount(database, { key: 'a', endsAtMs, most: 5 });
  await takeOf(first);
  expect(await rows(database)).toMatchObject([{ key: 'a', points: 1 }]);
  await takeOf(second);
  await takeOf(second);
  expect(await rows(database)).toMatchObject([{ key: 'a', points: 0, endsAtMs: 0n }]);
});

test('whoever was denied is no longer counted once somebody takes a point back', async () => {
  const { database } = await openTemporary();
  let endsAtMs = 0;
  for (let time = 0; time < 5; time += 1) ({ endsAtMs } = await add(database, 'a', { mostPoints: 3 }));
  for (const points of [1, 0]) {
    await takeFromRateCount(database, { key: 'a', endsAtMs, most: 2 });
    expect(await rows(database)).toMatchObject([{ points }]);
  }
  expect(await add(database, 'a', { mostPoints: 3 })).toMatchObject({ points: 1 });
});

test('a sweep removes what is over and nothing else, also when two sweep at once', async () => {
  const { database, url } = await openTemporary();
  const other = await openDatabase(url);
  for (let index = 0; index < 20; index += 1) await add(database, `over-${index}`, { windowMs: 1 });
  await add(database, 'stays');
  await eventually(async () => {
    await Promise.all([sweepRateCounts(database), sweepRateCounts(other), add(other, 'stays')]);
    expect((await rows(database)).map(({ key }) => key)).toEqual(['stays']);
  });
});
