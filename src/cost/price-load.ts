/** What a load costs on every platform known, each bill line by line. Pure; prices are in `prices.ts`. */
import { type CostLine, sumUsd } from './cost-line.js';
import { type Company, type CompleteLoad, completeLoad, type Load } from './load.js';
import { money, unitPrice } from './money.js';
import { cloudRunPlatform } from './platforms/cloud-run.js';
import { fixedServer } from './platforms/fixed-server.js';
import { lambdaPlatforms } from './platforms/lambda.js';
import { leapcell } from './platforms/leapcell.js';
import { managedLambda } from './platforms/managed-instances.js';
import type { Billing, Platform } from './platforms/platform.js';
import { provisionedLambda } from './platforms/provisioned.js';
import { prices } from './prices.js';

export interface PlatformCost {
  id: string;
  name: string;
  billing: Billing;
  lines: CostLine[];
  /** Of the month: the sum of its lines, as they are rounded. */
  totalUsd: number;
  perMillionUsd: number;
  notes: string[];
  /** Why it could not serve this load, where it could not: the price is for comparison only then. */
  cannot?: string;
  /** Addresses, and how well the figures are known. */
  source: string;
  /** Year and month of the prices. */
  readOn: string;
}

export const platforms: readonly Platform[] = [
  ...lambdaPlatforms,
  provisionedLambda,
  managedLambda,
  cloudRunPlatform,
  fixedServer,
  leapcell,
];

const MILLION = 1_000_000;

/**
 * @param company where it is known: what a request takes where it shares an instance, `given` being of one that is alone
 * @throws RangeError naming the field that is out of its bounds, and these
 */
export function priceLoad(given: Load, company?: Company): PlatformCost[] {
  const [alone, shared] = [completeLoad(given), completeLoad({ ...given, ...company })];
  return platforms.map((platform) => {
    const { id, name, billing, notes, sources } = platform;
    const load = platform.isShared ? shared : alone;
    const exact = platform.lines(load);
    const lines = exact.map((line) => ({ ...line, unitUsd: unitPrice(line.unitUsd), usd: money(line.usd) }));
    const cannot = refusal(platform, load);
    return {
      id,
      name,
      billing,
      lines,
      totalUsd: money(sumUsd(lines)),
      perMillionUsd: money((sumUsd(exact) / load.requests) * MILLION),
      notes: [...notes],
      ...(cannot && { cannot }),
      source: sources.map(({ url, readOn, basis }) => `${url} (${readOn}: ${basis})`).join('; '),
      readOn: prices.readOn,
    };
  });
}

function refusal({ limits }: Platform, load: CompleteLoad): string | undefined {
  const { maxDurationMs = Infinity, maxPayloadBytes = Infinity, maxMemoryMb = Infinity } = limits;
  if (load.durationMs > maxDurationMs) return `a request may take ${maxDurationMs / 1000} s at most`;
  if (load.payloadBytes > maxPayloadBytes) return `a payload may have ${maxPayloadBytes} bytes at most`;
  if (load.memoryMb > maxMemoryMb) return `an instance has ${maxMemoryMb} MB`;
  return undefined;
}
