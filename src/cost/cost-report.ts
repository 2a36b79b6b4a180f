import { type Company, type CompleteLoad, completeLoad, type Load } from './load.js';
import { type PlatformCost, priceLoad } from './price-load.js';
import { prices } from './prices.js';
import { usd } from './usd.js';

export interface CostReport {
  /** With what was left out. */
  load: CompleteLoad;
  /** What was priced instead where an instance is shared; absent where that is no different. */
  company?: Company;
  /** The cheapest first. */
  platforms: PlatformCost[];
  /** Its id: of those that could serve the load. */
  cheapest: string;
  /** What it comes to, in a sentence. */
  verdict: string;
  /** Year and month of the prices. */
  readOn: string;
}

/** @throws RangeError as `priceLoad` does */
export function costReport(load: Load, company?: Company): CostReport {
  const platforms = priceLoad(load, company).sort((one, other) => one.totalUsd - other.totalUsd);
  // Cloud Run serves all that a load may be: there is always one.
  const able = platforms.filter(({ cannot }) => cannot === undefined) as [PlatformCost, ...PlatformCost[]];
  return {
    load: completeLoad(load),
    ...(company && { company }),
    platforms,
    cheapest: able[0].id,
    verdict: verdict(able[0], able.at(-1) ?? able[0]),
    readOn: prices.readOn,
  };
}

/** How much of `whole` it is, for people: `<1 %` is not nothing. */
export function percent(part: number, whole: number): string {
  if (part === 0) return '0 %';
  return part < whole / 100 ? '<1 %' : `${Math.round((part / whole) * 100)} %`;
}

function verdict(cheapest: PlatformCost, dearest: PlatformCost): string {
  const price =
    cheapest.totalUsd === 0
      ? 'nothing, within what is free'
      : `${usd(cheapest.totalUsd)} a month, ${usd(cheapest.perMillionUsd)} per million requests`;
  if (cheapest === dearest) return `Only ${cheapest.name} serves this load: ${price}.`;
  return (
    `Cheapest is ${cheapest.name}: ${price}. ` +
    `That is ${percent(cheapest.totalUsd, dearest.totalUsd)} of the dearest, ${dearest.name}, with ${usd(dearest.totalUsd)}.`
  );
}
