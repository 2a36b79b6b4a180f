import type { Company } from './load.js';
import { priceLoad } from './price-load.js';

/** The two ways of billing that styles can make a difference to, and the platform that stands for each. */
const platformIds = { oneRequest: 'lambda-arm64-function-url', shared: 'cloud-run' } as const;
export type Instances = keyof typeof platformIds;

/** The size that the tutorials' figures are for. */
export const MEMORY_MB = 512;
const MILLION = 1_000_000;

interface Request extends Company {
  cpuMs?: number;
}

/** USD for a million of such requests a month, no cold starts, no free tier. @throws RangeError as `priceLoad` does */
export function perMillionUsd(instances: Instances, request: Request): number {
  const id = platformIds[instances];
  const bill = priceLoad({ requests: MILLION, memoryMb: MEMORY_MB, ...request }).find((one) => one.id === id);
  if (!bill) throw new Error(`There is no platform ${id}.`);
  return bill.perMillionUsd;
}
