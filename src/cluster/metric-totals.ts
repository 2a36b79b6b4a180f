/** What the primary keeps of its workers' counts, so that a sum does not fall when one ends: that looks like a new start. */
import type { MetricSnapshot } from '../metering/metrics.js';

export class MetricTotals {
  /** As each living worker said last. */
  readonly #latest = new Map<number, MetricSnapshot>();
  /** Of all that have ended, in one. */
  #ended: MetricSnapshot = [];

  keep(worker: number, snapshot: MetricSnapshot): void {
    this.#latest.set(worker, snapshot);
  }

  /** Call once a worker, after its end. Of one that was killed, what it said last is all there is. */
  end(worker: number): void {
    const last = this.#latest.get(worker);
    if (!last) return;
    this.#latest.delete(worker);
    this.#ended = sumOfCounts([this.#ended, last]);
  }

  /** All but one worker's: it knows its own better. */
  allBut(worker: number): MetricSnapshot[] {
    const others = [...this.#latest].filter(([id]) => id !== worker).map(([, snapshot]) => snapshot);
    return [...others, this.#ended];
  }
}

type Metric = MetricSnapshot[number];

/** Counters and histograms. A gauge is true of a process that lives. */
function sumOfCounts(snapshots: readonly MetricSnapshot[]): MetricSnapshot {
  const byName = new Map<string, Metric[]>();
  for (const metric of snapshots.flat())
    if (metric.type !== 'gauge') byName.set(metric.name, [...(byName.get(metric.name) ?? []), metric]);
  return [...byName.values()].map((metrics) => ({
    ...(metrics[0] as Metric),
    values: sumOfValues(metrics.flatMap(({ values }) => values)),
  }));
}

function sumOfValues(values: Metric['values']): Metric['values'] {
  const sums = new Map<string, Metric['values'][number]>();
  for (const value of values) {
    const series = JSON.stringify([value.metricName, Object.entries(value.labels).sort()]);
    sums.set(series, { ...value, value: value.value + (sums.get(series)?.value ?? 0) });
  }
  return [...sums.values()];
}
