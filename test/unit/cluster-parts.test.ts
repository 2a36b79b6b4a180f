import { describe, expect, test } from 'vitest';
import { MetricTotals } from '#dist/cluster/metric-totals.js';
import { RespawnPause } from '#dist/cluster/respawn-pause.js';
import type { MetricSnapshot } from '#dist/metering/metrics.js';

const counted = (value: number, route = '/a'): MetricSnapshot => [
  { name: 'requests', help: '-', type: 'counter', aggregator: 'sum', values: [{ labels: { route }, value }] },
  { name: 'lag', help: '-', type: 'gauge', aggregator: 'max', values: [{ labels: {}, value }] },
];
const bucket = (le: string, value: number) => ({ labels: { le }, value, metricName: 'duration_bucket' });
const valuesOf = (snapshot: MetricSnapshot) =>
  snapshot.flatMap(({ values }) => values.map(({ value }) => value));
/** As they are kept once all of these workers have ended. */
function sumOfCounts(snapshots: MetricSnapshot[]): MetricSnapshot {
  const totals = new MetricTotals();
  for (const [worker, snapshot] of snapshots.entries()) {
    totals.keep(worker, snapshot);
    totals.end(worker);
  }
  return totals.allBut(snapshots.length).flat();
}

describe('sums of counts', () => {
  test('add what has the same labels, and keep the rest apart', () => {
    const [requests] = sumOfCounts([counted(1), counted(2), counted(4, '/b')]);
    expect(requests?.values).toEqual([
      { labels: { route: '/a' }, value: 3 },
      { labels: { route: '/b' }, value: 4 },
    ]);
  });

  test('add histograms by bucket, and leave gauges out', () => {
    const histogram: MetricSnapshot = [
      {
        name: 'duration',
        help: '-',
        type: 'histogram',
        aggregator: 'sum',
        values: [bucket('1', 2), bucket('+Inf', 3), { labels: {}, value: 7, metricName: 'duration_sum' }],
      },
    ];
    const [sum, ...more] = sumOfCounts([histogram, histogram, counted(1).slice(1)]);
    expect(more).toEqual([]);
    expect(sum?.values.map(({ value }) => value)).toEqual([4, 6, 14]);
  });
});

describe('totals', () => {
  test('keep what ended workers have counted, once, and no gauge of theirs', () => {
    const totals = new MetricTotals();
    totals.keep(1, counted(5));
    totals.keep(2, counted(7));
    totals.end(1);
    totals.end(1);
    expect(totals.allBut(2).flatMap(valuesOf)).toEqual([5]);
    expect(totals.allBut(3).flatMap(valuesOf)).toEqual([7, 7, 5]);
    totals.end(2);
    expect(totals.allBut(3).flatMap(valuesOf)).toEqual([12]);
  });
});

describe('the pause before a worker is replaced', () => {
  test('is none at first, and doubles to 30 s while they die young', () => {
    const pause = new RespawnPause();
    const pauses = Array.from({ length: 8 }, () => pause.after(undefined));
    expect(pauses).toEqual([0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  test('begins anew after one that has lived', () => {
    const pause = new RespawnPause();
    for (let death = 0; death < 5; death += 1) pause.after(100);
    expect([pause.after(60_000), pause.after(100), pause.after(100)]).toEqual([0, 0, 1_000]);
  });
});
