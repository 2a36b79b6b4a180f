/**
 * Whether a run is worse than the committed record. What is held against it is a side as a part of its yardstick, both of
 * one run: a machine that is slower today is so for both, while absolute rates of two days say little.
 */
import type { Figure } from './scenario.js';
import { LEAST_ROUNDS } from './winner.js';

/** A part of a yardstick in one run, as a scenario's rows have it. */
export interface Compared {
  what: string;
  part: Figure;
  better: 'more' | 'less';
  rounds: number;
}

export interface Finding {
  what: string;
  was?: Figure;
  now?: Figure;
  verdict: 'worse' | 'better' | 'as it was' | 'too few rounds' | 'not in the record' | 'not measured';
}

/** By how much a median may be worse, even where the spreads are apart: of two runs on two quiet days it was less. */
const TOLERANCE = 0.1;

export function compareWithRecord(record: readonly Compared[], run: readonly Compared[]): Finding[] {
  const recorded = new Map(record.map((it) => [it.what, it]));
  const measured = new Set(run.map(({ what }) => what));
  return [
    ...run.map((now): Finding => {
      const was = recorded.get(now.what);
      if (!was) return { what: now.what, now: now.part, verdict: 'not in the record' };
      return { what: now.what, was: was.part, now: now.part, verdict: verdictOf(was, now) };
    }),
    ...record
      .filter(({ what }) => !measured.has(what))
      .map(({ what, part }): Finding => ({ what, was: part, verdict: 'not measured' })),
  ];
}

/** A change counts where the spreads do not overlap and the medians are further apart than the tolerance. */
function verdictOf(was: Compared, now: Compared): Finding['verdict'] {
  if (Math.min(was.rounds, now.rounds) < LEAST_ROUNDS) return 'too few rounds';
  const [low, high] = was.part.median < now.part.median ? [was, now] : [now, was];
  const isApart = low.part.max < high.part.min && high.part.median / low.part.median > 1 + TOLERANCE;
  if (!isApart) return 'as it was';
  return (high === now) === (now.better === 'more') ? 'better' : 'worse';
}
