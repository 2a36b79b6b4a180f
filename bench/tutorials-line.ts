import type { Cell } from './cell.js';

/** As the tutorials' client prints what it has seen: `N/seconds reqs / sec | N reqs | url | name`. */
export function tutorialsLine({ what, side, perSecond }: Cell): string {
  const [, path = what, mode = '', count = ''] = /^(\S+), (.*), n=(\d+)$/.exec(what) ?? [];
  return `${perSecond.median.toFixed(2).padStart(8)} reqs / sec | ${count.padStart(4)} reqs | ${path} | ${side}, ${mode}`;
}
