/** What a load costs, as a client asks for it. The sums themselves: test/unit/price-load.test.ts. */
import { expect, test } from 'vitest';
import { type LoadNumber, loadFields } from '#dist/cost/load.js';
import { serveEmpty } from '../support/api.js';
import { production } from '../support/app.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { direct, type Json } from '../support/transports.js';

const api = serveEmpty(direct);
const inProduction = serveEmpty(direct, { ...production, LAB: 'on' });

const cost = (fields: object = {}) => {
  const load = { durationMs: 60, memoryMb: 512, requests: 6_940_000, ...fields };
  const query = new URLSearchParams();
  for (const [name, given] of Object.entries(load))
    for (const value of [given].flat()) if (value !== undefined) query.append(name, String(value));
  return api.get(`/lab/cost?${query}`);
};

test('prices a load on every platform, the cheapest first', async () => {
  const { status, json } = await cost();
  expect(status).toBe(200);
  expect(json.load).toEqual({
    durationMs: 60,
    memoryMb: 512,
    requests: 6_940_000,
    coldStarts: 0,
    initMs: 0,
    payloadBytes: 0,
    concurrency: 1,
    cpuMs: 0,
    hoursPerMonth: 730,
    hasFreeTier: false,
  });
  expect(json.platforms.length).toBeGreaterThan(10);
  const totals = json.platforms.map(({ totalUsd }: Json) => totalUsd);
  expect(totals).toEqual([...totals].sort((a, b) => a - b));
  for (const { lines, totalUsd } of json.platforms) {
    for (const { quantity, unitUsd, usd } of lines) expect(usd).toBeCloseTo(quantity * unitUsd, 9);
    expect(lines.reduce((sum: number, { usd }: Json) => sum + usd, 0)).toBeCloseTo(totalUsd, 10);
  }
  // Floating point makes 0.6000019999999999 of it.
  expect(json.platforms[0]).toMatchObject({ totalUsd: 4.16401388, perMillionUsd: 0.600002 });
  expect(json.cheapest).toBe('lambda-arm64-function-url');
  expect(json.platforms[0].totalUsd).toBeCloseTo(1.388 + 208_200 * 13.3334e-6, 9);
  expect(json.verdict).toMatch(
    /^Cheapest is AWS Lambda arm64, Function URL: \$4\.16 a month, \$0\.60 per million/,
  );
  expect(json.readOn).toMatch(/^\d{4}-\d{2}$/);
});

test('takes every part of a load', async () => {
  const { json } = await cost({
    concurrency: 80,
    cpuMs: 0.5,
    hasFreeTier: true,
    coldStarts: 10,
    initMs: 175.5,
  });
  expect(json.load).toMatchObject({
    concurrency: 80,
    cpuMs: 0.5,
    hasFreeTier: true,
    coldStarts: 10,
    initMs: 175.5,
  });
  const of = (id: string) => json.platforms.find((platform: Json) => platform.id === id);
  expect(of('lambda-arm64-http-api').lines.map(({ what }: Json) => what)).toContain('free: Lambda requests');
  expect(of('lambda-arm64-http-api').perMillionUsd).toBeLessThan(1.6);
});

test('never names the cheapest that could not serve the load', async () => {
  // 30 GB-s x 9 GB: a server that is too small would be far cheaper.
  const { json } = await cost({ durationMs: 30_001, memoryMb: 10_240 });
  const able = json.platforms.filter(({ cannot }: Json) => !cannot);
  expect(json.platforms[0].cannot).toMatch(/2048 MB/);
  expect(json.cheapest).toBe(able[0].id);
});

test.each(Object.entries(loadFields))('%s out of its bounds is refused by name', async (name, field) => {
  const { min, max, isWhole } = field;
  const wrong = [
    min - 1,
    max + 1,
    `${max}0`,
    '',
    'x',
    '1e3',
    '0x10',
    ' 5',
    'NaN',
    'Infinity',
    ...(isWhole ? ['129.5'] : []),
  ];
  for (const value of wrong) {
    const answer = await cost({ [name]: value });
    expectInvalid(answer, name);
    expect(answer.json.errors[0].detail).toMatch(/^must be a (whole )?number from /);
  }
  expectInvalid(await cost({ [name]: [1, 2] }), name);
  const fallback = loadFields[name as LoadNumber].default;
  const without = await cost({ [name]: undefined });
  if (fallback === undefined) expectInvalid(without, name);
  else expect(without.json.load[name]).toBe(fallback);
});

test('what does not belong together, or to a load, is refused by name', async () => {
  expectInvalid(await cost({ requests: 5, coldStarts: 6 }), 'coldStarts');
  expectInvalid(await cost({ hasFreeTier: 'yes' }), 'hasFreeTier');
  const unknown = await cost({ durationS: 1 });
  expectProblem(unknown, 400, 'VALIDATION_FAILED');
  expect(unknown.text).toContain('durationS');
});

test('in production it is for admins, with LAB=on only', async () => {
  expectProblem(
    await inProduction.get('/lab/cost?durationMs=1&memoryMb=128&requests=1'),
    401,
    'UNAUTHENTICATED',
  );
});
