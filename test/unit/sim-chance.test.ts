import { expect, test } from 'vitest';
import { RecentMap } from '#dist/recent-map.js';
import { fractionOf, jitterOf } from '#dist/sim/fraction-of.js';

test('chance follows from its parts alone, in every process', () => {
  expect(fractionOf('item', 1, 'seed')).toBeCloseTo(0.8140003831341929, 10);
  expect(jitterOf(1_000, 'item', 1, 'seed')).toBe(Math.floor(fractionOf('item', 1, 'seed') * 1_001));
  expect(fractionOf('a', 'bc')).not.toBe(fractionOf('ab', 'c'));
  expect(fractionOf('item', 1)).not.toBe(fractionOf('item', '1'));
});

test('chance is spread over all there is, ends included', () => {
  const jitters = Array.from({ length: 1_000 }, (_, id) => jitterOf(3, id));
  expect([...new Set(jitters)].sort()).toEqual([0, 1, 2, 3]);
  for (const value of [0, 1, 2, 3])
    expect(jitters.filter((one) => one === value).length).toBeGreaterThan(150);
  expect(jitterOf(0, 1)).toBe(0);
});

test('a map of recent things forgets what was set longest ago', () => {
  const map = new RecentMap<number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('a', 3);
  map.set('c', 4);
  expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([3, undefined, 4]);
});
