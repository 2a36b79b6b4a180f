/** Where a value stands on an axis of `width` pixels, and at which values a line is drawn. */
export interface Axis {
  at(value: number): number;
  ticks: number[];
}

/** Steps that people count in. */
const STEPS = [1, 2, 5, 10];
const MOST_TICKS = 6;

/** From 0 to a little over the largest. */
export function linearAxis(most: number, width: number): Axis {
  const power = 10 ** Math.floor(Math.log10(most / MOST_TICKS));
  const step = (STEPS.find((factor) => factor * power * MOST_TICKS >= most) ?? 10) * power;
  const steps = Math.max(1, Math.ceil(most / step));
  const ticks = Array.from({ length: steps + 1 }, (_, index) => index * step);
  return { at: (value) => (value / (steps * step)) * width, ticks };
}

/** A tenfold takes the same way everywhere. It begins at or below the least: a bar's length says how many times, not how much. */
export function logAxis(least: number, most: number, width: number): Axis {
  const first = Math.floor(Math.log10(least));
  const last = Math.max(first + 1, Math.ceil(Math.log10(most)));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
  return {
    at: (value) => ((Math.log10(Math.max(value, 10 ** first)) - first) / (last - first)) * width,
    ticks,
  };
}
