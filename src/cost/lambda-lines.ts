import { type CostLine, freeLines, line, tierLines } from './cost-line.js';
import { prices } from './prices.js';

export type FrontDoor = keyof typeof prices.frontDoor;
export type Architecture = keyof typeof prices.lambda.gbSecondTiers;

export interface Computed {
  requests: number;
  /** Of all requests together, INIT included: the sum of what REPORT lines say. */
  billedMs: number;
  memoryMb: number;
  architecture?: Architecture;
  /** Takes off what AWS gives each account each month; `requests` are then a month's. */
  hasFreeTier?: boolean;
}

const MB_A_GB = 1024;

/** What AWS counts: a function's memory for the time it was billed. */
export const gbSeconds = (memoryMb: number, billedMs: number): number =>
  (memoryMb / MB_A_GB) * (billedMs / 1000);

export const requestLines = ({ requests, hasFreeTier = false }: Computed): CostLine[] => {
  const asked = line('Lambda requests', requests, 'request', prices.lambda.requestUsd);
  return [asked, ...freeLines(hasFreeTier, asked, prices.lambda.free.requests)];
};

export const computeLines = ({
  billedMs,
  memoryMb,
  architecture = 'arm64',
  hasFreeTier = false,
}: Computed): CostLine[] => {
  const [first, ...further] = tierLines(
    `Lambda time, ${architecture}`,
    gbSeconds(memoryMb, billedMs),
    'GB-second',
    prices.lambda.gbSecondTiers[architecture],
  ) as [CostLine, ...CostLine[]];
  return [first, ...freeLines(hasFreeTier, first, prices.lambda.free.gbSeconds), ...further];
};

const doorNames: Record<FrontDoor, string> = {
  'http-api': 'HTTP API requests, per 512 KB',
  'rest-api': 'REST API requests',
  'function-url': 'Function URL requests',
  alb: 'load balancer requests',
};

/** @param payloadBytes of one request, in or out, whichever is larger */
export const frontDoorLines = (door: FrontDoor, requests: number, payloadBytes = 0): CostLine[] => {
  const { requestTiers, blockBytes } = prices.frontDoor[door];
  return tierLines(doorNames[door], requests * blocks(payloadBytes, blockBytes), 'request', requestTiers);
};

/** Begun blocks; nothing is one block too. */
export const blocks = (bytes: number, blockBytes: number): number =>
  Math.max(1, Math.ceil(bytes / blockBytes));
