/** There and back (ABBA): what the machine does slowly meanwhile happens to all sides alike. */
export const inTurns = <Side>(sides: readonly Side[], round: number): readonly Side[] =>
  round % 2 === 0 ? sides : [...sides].reverse();
