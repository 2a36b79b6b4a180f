/** The table in a sentence. Where two intervals overlap it says that no difference can be told, and names no winner. */
import type { RaceContestant } from './races.schema.js';
import { type Interval, overlap } from './statistics.js';

interface Figure {
  readonly style: string;
  readonly median: number;
  readonly interval95: Interval;
}

/** A millisecond more of fifty, by rounding, is no difference in a bill. */
const SAME_PRICE = 1.05;

/** @param contestants each with as many repetitions as an interval takes, or nothing is said of any */
export function verdictOn(contestants: readonly RaceContestant[]): string {
  const rates = contestants.flatMap(({ style, requestsPerSecond: { median, interval95 } }) =>
    interval95 ? [{ style, median, interval95 }] : [],
  );
  if (rates.length < contestants.length || rates.length === 0)
    return 'With fewer than five repetitions of each style nothing is compared, and nothing has a price.';
  const prices = (way: keyof RaceContestant['usdPerMillion']): Figure[] =>
    contestants.flatMap(({ style, usdPerMillion }) => {
      const price = usdPerMillion[way];
      return price ? [{ style, ...price }] : [];
    });
  return [
    speed(rates),
    `where an instance serves one request at a time ${bill(prices('oneRequestInstance'))}`,
    `where it serves many at a time ${bill(prices('sharedInstance'))}.`,
  ].join('; ');
}

function speed(rates: readonly Figure[]): string {
  const [first, ...others] = [...rates].sort((a, b) => b.median - a.median) as [Figure, ...Figure[]];
  if (others.length === 0) return `${first.style} answers ${first.median} requests a second`;
  const equals = others.filter((one) => overlap(one.interval95, first.interval95));
  const slower = others.filter((one) => !equals.includes(one));
  if (equals.length === 0)
    return `${first.style} answers ${first.median} requests a second, ${listed(slower.map((one) => timesAsMany(first, one)))}`;
  const tie = `between ${listed([first, ...equals].map(withRate))} no difference in requests a second can be told`;
  return slower.length === 0 ? tie : `${tie}, ${listed(slower.map(withRate))} answers fewer`;
}

const withRate = ({ style, median }: Figure): string => `${style} (${median})`;
const timesAsMany = (fast: Figure, slow: Figure): string =>
  `${Number((fast.median / slow.median).toPrecision(2))} times as many as ${withRate(slow)}`;

function bill(prices: readonly Figure[]): string {
  const [least, ...others] = [...prices].sort((a, b) => a.median - b.median) as [Figure, ...Figure[]];
  const dearer = others.filter(
    (one) => !overlap(one.interval95, least.interval95) && one.median > least.median * SAME_PRICE,
  );
  if (others.length === 0) return `a million requests cost ${usd(least)}`;
  if (dearer.length === 0) return `a million requests cost the same in each style (${usd(least)})`;
  const cheap = [least, ...others.filter((one) => !dearer.includes(one))].map(({ style }) => style);
  return `a million requests cost ${usd(least)} with ${listed(cheap)}, ${listed(dearer.map((one) => `${usd(one)} with ${one.style}`))}`;
}

const usd = ({ median }: Figure): string => `$${median}`;

function listed(texts: readonly string[]): string {
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`;
}
