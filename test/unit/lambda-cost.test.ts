import { expect, test } from 'vitest';
import { lambdaCost } from '#dist/cost/lambda-cost.js';

const MILLION = 1_000_000;

/** A million requests of `ms` each. */
const million = (ms: number, usage: Partial<Parameters<typeof lambdaCost>[0]> = {}) =>
  lambdaCost({ requests: MILLION, billedMs: MILLION * ms, memoryMb: 1024, ...usage });

test('a million requests of 100 ms at 1 GB on arm64 cost 20 cents for asking and $1.33 for computing', () => {
  const { requestsUsd, computeUsd, frontDoorUsd, totalUsd } = million(100);
  expect(requestsUsd).toBeCloseTo(0.2, 10);
  // 1,000,000 x 0.1 s x 1 GB = 100,000 GB-s
  expect(computeUsd).toBeCloseTo(1.33334, 10);
  expect(frontDoorUsd).toBe(0);
  expect(totalUsd).toBeCloseTo(1.53334, 10);
});

test.each([
  ['one after the other', 50_000, 667],
  ['5 at a time', 10_000, 134],
  ['all at once', 1_000, 13.5],
])('waiting is billed: 50 calls of 1 s, %s', (_how, ms, expectedUsd) => {
  const { totalUsd } = million(ms);
  expect(Number(totalUsd.toPrecision(3))).toBe(expectedUsd);
});

test('x86 costs a quarter more to compute, half the memory half', () => {
  expect(million(100, { architecture: 'x86_64' }).computeUsd).toBeCloseTo(1.66667, 10);
  expect(million(100, { memoryMb: 512 }).computeUsd).toBeCloseTo(0.66667, 10);
});

test('a cold start is billed with its INIT', () => {
  // 10 ms warm each, and 1 % cold with 300 ms more: 1,000,000 x 10 ms + 10,000 x 300 ms = 13,000 s
  const { computeUsd } = lambdaCost({
    requests: MILLION,
    billedMs: MILLION * 10 + 10_000 * 300,
    memoryMb: 1024,
  });
  expect(computeUsd).toBeCloseTo(0.1733342, 10);
});

test.each([
  ['http-api', 1],
  ['rest-api', 3.5],
  ['function-url', 0],
  ['alb', 0],
] as const)('a million requests through %s cost $%d more', (frontDoor, usd) => {
  expect(million(10, { frontDoor }).frontDoorUsd).toBeCloseTo(usd, 10);
});

test('an HTTP API counts each begun 512 KB of a payload as a request', () => {
  const usd = (payloadBytes: number) => million(10, { frontDoor: 'http-api', payloadBytes }).frontDoorUsd;
  expect([0, 1, 512 * 1024, 512 * 1024 + 1, 6_291_556].map(usd).map(Math.round)).toEqual([1, 1, 1, 2, 13]);
});

test('the free tier takes off a million requests and 400,000 GB-s, never more than was used', () => {
  expect(million(10, { hasFreeTier: true }).totalUsd).toBe(0);
  const { requestsUsd, computeUsd } = lambdaCost({
    requests: 3 * MILLION,
    billedMs: 3 * MILLION * 200,
    memoryMb: 1024,
    hasFreeTier: true,
  });
  expect(requestsUsd).toBeCloseTo(0.4, 10);
  // 600,000 GB-s, of which 200,000 are paid
  expect(computeUsd).toBeCloseTo(2.66668, 10);
});
