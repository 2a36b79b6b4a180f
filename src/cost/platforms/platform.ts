import type { CostLine } from '../cost-line.js';
import type { CompleteLoad } from '../load.js';

/**
 * What waiting costs. `request`: an instance serves one request at a time and is billed while it does, so every request's
 * waiting is paid. `instance`: time of an instance, which requests share. `capacity`: instances by the hour, busy or not.
 */
export type Billing = 'request' | 'instance' | 'capacity';

export interface Platform {
  id: string;
  name: string;
  billing: Billing;
  /** An instance serves many requests at a time: what they take in company is what counts. */
  isShared: boolean;
  /** Beyond them the platform refuses or cuts the request. */
  limits: { maxDurationMs?: number; maxPayloadBytes?: number; maxMemoryMb?: number };
  sources: readonly { url: string; readOn: string; basis: string }[];
  /** What has to be known to read its bill. */
  notes: readonly string[];
  lines(load: CompleteLoad): CostLine[];
}
