/** What requests answered by a Lambda function cost. Waiting is billed like work; data transfer is not counted. */
import { prices } from './prices.js';

export type FrontDoor = keyof typeof prices.frontDoor;
export type Architecture = keyof typeof prices.lambda.gbSecondUsd;

interface LambdaUsage {
  requests: number;
  /** Of all requests together, INIT included: the sum of what REPORT lines say. */
  billedMs: number;
  memoryMb: number;
  architecture?: Architecture;
  /** Without one the function is invoked directly. */
  frontDoor?: FrontDoor;
  /** Of one request, in or out, whichever is larger. */
  payloadBytes?: number;
  /** Takes off what AWS gives each account each month; `requests` are then a month's. */
  hasFreeTier?: boolean;
}

export interface LambdaCost {
  requestsUsd: number;
  computeUsd: number;
  frontDoorUsd: number;
  totalUsd: number;
}

const MB_A_GB = 1024;

export function lambdaCost({
  requests,
  billedMs,
  memoryMb,
  architecture = 'arm64',
  frontDoor,
  payloadBytes = 0,
  hasFreeTier = false,
}: LambdaUsage): LambdaCost {
  const { requestUsd, gbSecondUsd, free } = prices.lambda;
  const gbSeconds = (memoryMb / MB_A_GB) * (billedMs / 1000);
  const above = (used: number, given: number) => (hasFreeTier ? Math.max(0, used - given) : used);
  const requestsUsd = above(requests, free.requests) * requestUsd;
  const computeUsd = above(gbSeconds, free.gbSeconds) * gbSecondUsd[architecture];
  const frontDoorUsd = frontDoor ? requests * frontDoorRequestUsd(frontDoor, payloadBytes) : 0;
  return { requestsUsd, computeUsd, frontDoorUsd, totalUsd: requestsUsd + computeUsd + frontDoorUsd };
}

function frontDoorRequestUsd(frontDoor: FrontDoor, payloadBytes: number): number {
  const { requestUsd, blockBytes } = prices.frontDoor[frontDoor];
  return requestUsd * Math.max(1, Math.ceil(payloadBytes / blockBytes));
}
