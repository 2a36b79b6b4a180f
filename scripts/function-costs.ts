/** What a month of the API costs as functions, as docs/operations.md shows it. */
import { lambdaCost } from '../src/cost/lambda-cost.js';
import { prices } from '../src/cost/prices.js';
import { usd } from '../src/cost/usd.js';

/** What one request is billed. */
export interface Billed {
  /** An instance that runs already answers in this time. */
  warmMs: number;
  /** A new one needs this besides, INIT and what it does for the first time. */
  coldMs: number;
}

/** Where nothing has been measured: guesses, and said to be such. */
const ASSUMED: Billed = { warmMs: 10, coldMs: 500 };
/** Buys one vCPU (AWS Lambda Developer Guide, "Configure Lambda function memory", read November 2026). */
const FULL_CORE_MB = 1769;
/** Of all requests. Steady traffic has fewer, a few requests an hour are nearly all cold. */
const COLD_SHARE = 0.01;
const REQUESTS_A_MONTH = [1e6, 10e6, 100e6];

/** @param measured from a committed result; @param memoryMb of the function */
export function functionCosts(measured: Billed | undefined, memoryMb: number): string {
  const { warmMs, coldMs } = measured ?? ASSUMED;
  const rows = REQUESTS_A_MONTH.map((requests) => {
    const usage = { requests, billedMs: requests * (warmMs + COLD_SHARE * coldMs), memoryMb };
    const cost = lambdaCost({ ...usage, frontDoor: 'http-api' });
    const { totalUsd } = lambdaCost({ ...usage, frontDoor: 'http-api', hasFreeTier: true });
    const cells = [cost.requestsUsd, cost.computeUsd, cost.frontDoorUsd, cost.totalUsd, totalUsd];
    return `| ${requests / 1e6} million | ${cells.map(usd).join(' | ')} |`;
  });
  const further = lambdaCost({ requests: 1e6, billedMs: 10 * 1e6, memoryMb }).computeUsd;
  return [
    '| requests a month | Lambda, requests | Lambda, time | HTTP API | together | with Lambda’s free tier |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    `${measured ? 'Measured on a whole core beside its database' : 'Assumed, not measured'}: ${warmMs} ms billed a request, ${coldMs} ms more for the ${COLD_SHARE * 100} % that meet a new instance,`,
    `${memoryMb} MB, arm64, answers under 512 KB; prices of ${prices.region} as read in ${prices.readOn}. Every further 10 ms of each request, waiting`,
    `for the database included, are ${usd(further)} per million. On Lambda the memory buys ${(memoryMb / FULL_CORE_MB).toFixed(2)} of a core, and work takes longer accordingly.`,
  ].join('\n');
}
