/** Sums of measured times are off by less than this; a nanosecond is no step. */
const TOLERANCE_MS = 1e-6;

/** Begun steps of `stepMs`, at least one, in milliseconds: how platforms round time. */
export const wholeSteps = (ms: number, stepMs: number): number =>
  Math.max(1, Math.ceil((ms - TOLERANCE_MS) / stepMs)) * stepMs;
