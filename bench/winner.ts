import type { Figure } from './scenario.js';

/** Fewer say nothing of how far they scatter. */
export const LEAST_ROUNDS = 3;
/** Of what the wait itself allows: nobody is told apart by less. */
const NEAR_IDEAL = 0.95;

export type Winner = 'ahead' | 'behind' | 'tie' | 'not told apart';

/**
 * What may be said of `ours` beside `theirs`. A winner is named only where the spreads of at least three rounds do not
 * overlap. Where both reach 95 % of `ideal` it is a tie: what differs is noise of the wait.
 */
export function winnerOf(
  ours: Figure,
  theirs: Figure,
  { rounds, better, ideal }: { rounds: number; better: 'more' | 'less'; ideal?: number },
): Winner {
  const isNear = ({ median }: Figure) => ideal !== undefined && median >= NEAR_IDEAL * ideal;
  if (isNear(ours) && isNear(theirs)) return 'tie';
  if (rounds < LEAST_ROUNDS) return 'not told apart';
  const isAbove = (one: Figure, other: Figure) => one.min > other.max;
  const [good, bad] = better === 'more' ? [ours, theirs] : [theirs, ours];
  if (isAbove(good, bad)) return 'ahead';
  return isAbove(bad, good) ? 'behind' : 'not told apart';
}
