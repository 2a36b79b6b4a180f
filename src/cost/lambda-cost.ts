/** What requests answered by a Lambda function cost. Waiting is billed like work; data transfer is not counted. */
import { sumUsd } from './cost-line.js';
import { type Computed, computeLines, type FrontDoor, frontDoorLines, requestLines } from './lambda-lines.js';

interface LambdaUsage extends Computed {
  /** Without one the function is invoked directly. */
  frontDoor?: FrontDoor;
  /** Of one request, in or out, whichever is larger. */
  payloadBytes?: number;
}

export interface LambdaCost {
  requestsUsd: number;
  computeUsd: number;
  frontDoorUsd: number;
  totalUsd: number;
}

export function lambdaCost(usage: LambdaUsage): LambdaCost {
  const { requests, frontDoor, payloadBytes } = usage;
  const requestsUsd = sumUsd(requestLines(usage));
  const computeUsd = sumUsd(computeLines(usage));
  const frontDoorUsd = frontDoor ? sumUsd(frontDoorLines(frontDoor, requests, payloadBytes)) : 0;
  return { requestsUsd, computeUsd, frontDoorUsd, totalUsd: requestsUsd + computeUsd + frontDoorUsd };
}
