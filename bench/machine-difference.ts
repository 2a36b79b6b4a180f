import type { machine } from './machine.js';

type Machine = typeof machine;

/** What tells two machines apart, in words; empty: nothing that is known of them. */
export const machineDifference = (was: Machine, now: Machine): string =>
  (['cpu', 'cores', 'memoryGiB', 'node', 'platform'] as const)
    .filter((name) => was[name] !== now[name])
    .map((name) => `${name} ${was[name]}, now ${now[name]}`)
    .join('; ');
