import type { Company } from './load.js';

/** The most that `priceLoad` knows: so many of them that an instance's begun tenths of a second make no difference. */
const IN_A_ROW = 1_000;

/** @param instanceMs of an instance that has nothing but such requests, for each */
export const keptBusy = (instanceMs: number): Company => ({
  durationMs: instanceMs * IN_A_ROW,
  concurrency: IN_A_ROW,
});
