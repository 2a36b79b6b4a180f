/** The lab from the zip, which has the awaited part of it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { costReport } from '#dist/cost/cost-report.js';
import { admin } from '../../scripts/bundle/typical-events.js';
import { bearer } from '../support/api.js';
import { bundled } from '../support/bundled.js';
import { filledDatabase } from '../support/filled-database.js';
import { expectProblem } from '../support/problems.js';
import { type ServedFunction, serveFunction } from '../support/served-function.js';
import { type Call, callOverSocket } from '../support/transports.js';
import { unpackedZips } from '../support/unpacked-zips.js';

const unzipped = unpackedZips();
const closers: (() => unknown)[] = [];
let fn: ServedFunction;
const call = (request: Call) => callOverSocket(Number(new URL(fn.url).port), request);

beforeAll(async () => {
  const [{ folder }, database] = await Promise.all([bundled(), filledDatabase()]);
  closers.push(() => database.close());
  const env = { DATABASE_URL: database.url, LOG_LEVEL: 'error', LAB: 'on' };
  fn = await serveFunction(unzipped({ folder, name: 'api' }, env));
  closers.push(() => fn.end());
}, 180_000);
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

test('admins wait and compute in style async, and not in another', async () => {
  const body = admin;
  const headers = bearer((await call({ method: 'POST', path: '/v1/auth/login', body })).json.accessToken);
  const get = (path: string) => call({ path, headers });
  expect((await get('/lab/wait?ms=20&style=async')).text).toBe('{"duration":0.02}');
  expect((await get('/lab/fib/20?style=async')).text).toBe('{"fib":10946}');
  expectProblem(await get('/lab/wait?style=worker'), 501, 'NOT_ON_FUNCTIONS');
  expectProblem(
    await call({ method: 'POST', path: '/lab/fanout', body: {}, headers }),
    501,
    'NOT_ON_FUNCTIONS',
  );
  for (const path of ['/lab/races/1', '/lab/races/1/events'])
    expectProblem(await get(path), 501, 'NOT_ON_FUNCTIONS');
  expectProblem(await call({ path: '/lab/wait?style=async' }), 401, 'UNAUTHENTICATED');
});

test('admins see what a load costs, from the prices in a file beside', async () => {
  const body = admin;
  const headers = bearer((await call({ method: 'POST', path: '/v1/auth/login', body })).json.accessToken);
  const { status, json } = await call({
    path: '/lab/cost?durationMs=60&memoryMb=512&requests=6940000',
    headers,
  });
  expect(status).toBe(200);
  expect(json).toEqual(costReport({ durationMs: 60, memoryMb: 512, requests: 6_940_000 }));
  expectProblem(await call({ path: '/lab/cost?durationMs=60', headers }), 400, 'VALIDATION_FAILED');
  expectProblem(await call({ path: '/lab/cost' }), 401, 'UNAUTHENTICATED');
});
