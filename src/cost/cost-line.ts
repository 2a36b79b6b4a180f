import type { Tier } from './prices.js';

/** One line of a bill. What is free is a line too, with a negative quantity. */
export interface CostLine {
  what: string;
  quantity: number;
  unit: string;
  unitUsd: number;
  /** quantity x unitUsd */
  usd: number;
}

export const line = (what: string, quantity: number, unit: string, unitUsd: number): CostLine => ({
  what,
  quantity,
  unit,
  unitUsd,
  usd: quantity * unitUsd,
});

export const sumUsd = (lines: readonly CostLine[]): number => lines.reduce((sum, { usd }) => sum + usd, 0);

/** A line for each tier that the quantity reaches. */
export function tierLines(what: string, quantity: number, unit: string, tiers: readonly Tier[]): CostLine[] {
  let above = 0;
  return tiers.flatMap(([until, unitUsd]) => {
    const from = above;
    above = until;
    if (quantity <= from && from > 0) return [];
    const name = from === 0 ? what : `${what}, above ${from / 1e6} million`;
    return [line(name, Math.min(quantity, until) - from, unit, unitUsd)];
  });
}

/** What the free tier takes off a line: never more than was used. It follows its line at once, so that both cancel exactly. */
export function freeLines(hasFreeTier: boolean, used: CostLine | undefined, free: number): CostLine[] {
  if (!hasFreeTier || !used) return [];
  return [line(`free: ${used.what}`, -Math.min(used.quantity, free), used.unit, used.unitUsd)];
}
