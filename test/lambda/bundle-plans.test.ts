/** Plans of queries, compiled when the bundle is made: they must be what the real compiler says, and never all there is. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DeployedFunction } from '../../emulator/deployed-function.js';
import type { ScratchDatabase } from '../../scripts/bundle/scratch-database.js';
import { admin, type Handler, httpEvent } from '../../scripts/bundle/typical-events.js';
import { bundled } from '../support/bundled.js';
import { compileQueries } from '../support/compile-queries.js';
import { filledDatabase } from '../support/filled-database.js';
import type { Json } from '../support/transports.js';
import { underEmulator } from '../support/under-emulator.js';
import { unpackedZips } from '../support/unpacked-zips.js';

const unzipped = unpackedZips();
let database: ScratchDatabase;
let folder: string;
const api = () => unzipped({ folder, name: 'api' }, { DATABASE_URL: database.url });
const plansOf = ({ taskRoot }: DeployedFunction) => join(taskRoot, 'query-plans.json');
const takeCompilerFrom = ({ taskRoot }: DeployedFunction) => rmSync(join(taskRoot, 'query-compiler.wasm.br'));

beforeAll(async () => {
  ({ folder } = await bundled());
  database = await filledDatabase();
}, 180_000);
afterAll(() => database?.close());

async function get(handler: Handler, target: string, headers: Record<string, string> = {}) {
  const { statusCode, body } = await handler(httpEvent('GET', target, headers), {});
  return { status: statusCode, json: JSON.parse(body) as Json };
}

async function asAdmin(handler: Handler): Promise<Record<string, string>> {
  const { body } = await handler(httpEvent('POST', '/v1/auth/login', {}, admin), {});
  return { authorization: `Bearer ${JSON.parse(body).accessToken}` };
}

/** What signing in needs is recorded: it tells whether plans are used at all. */
const signInStatus = (fn: DeployedFunction) =>
  underEmulator(fn, async (handler) => {
    const { statusCode } = await handler(httpEvent('POST', '/v1/auth/login', {}, admin), {});
    return statusCode;
  });

test('each recorded plan is what the real compiler makes of the query', async () => {
  const { key, plans } = JSON.parse(readFileSync(plansOf(api()), 'utf8')) as {
    key: string;
    plans: Record<string, string>;
  };
  const queries = Object.keys(plans);
  expect(queries.length).toBeGreaterThan(20);
  const compiled = await compileQueries('postgresql', key, queries);
  expect(queries.map((query) => JSON.parse(plans[query] as string))).toEqual(compiled);
});

/** A user who is no admin, told so again: recorded. With a new name as well it is a change that nobody foresaw. */
async function change(handler: Handler, body: { role: 'user'; name?: string }) {
  const headers = await asAdmin(handler);
  const { json } = await get(handler, '/v1/users?role=user&limit=1', headers);
  const [user] = json.data;
  const event = httpEvent('PATCH', `/v1/users/${user.id}`, headers, body);
  const { statusCode } = await handler(event, {});
  return { statusCode, user, after: (await get(handler, `/v1/users/${user.id}`, headers)).json };
}

test('a query that nobody foresaw is answered rightly, by the compiler in the zip', async () => {
  const { statusCode, user, after } = await underEmulator(api(), (handler) =>
    change(handler, { role: 'user', name: 'Unforeseen' }),
  );
  expect(statusCode).toBe(200);
  expect(after).toEqual({ ...user, name: 'Unforeseen', updatedAt: after.updatedAt });
});

test('without the compiler, recorded queries are answered and others are not', async () => {
  const fn = api();
  takeCompilerFrom(fn);
  const statuses = await underEmulator(fn, async (handler) => [
    (await change(handler, { role: 'user' })).statusCode,
    (await change(handler, { role: 'user', name: 'Lost' })).statusCode,
  ]);
  expect(statuses).toEqual([200, 500]);
});

test('plans that were recorded under another key are not used', async () => {
  const fn = api();
  const recorded = JSON.parse(readFileSync(plansOf(fn), 'utf8'));
  writeFileSync(plansOf(fn), JSON.stringify({ ...recorded, key: '["mysql",{}]' }));
  expect(await signInStatus(fn)).toBe(200);
  takeCompilerFrom(fn);
  expect(await signInStatus(fn)).toBe(500);
});

test.each([
  ['missing', (file: string) => rmSync(file)],
  ['spoilt', (file: string) => writeFileSync(file, '{')],
])('plans that are %s cost time and nothing else', async (_how, spoil) => {
  const fn = api();
  spoil(plansOf(fn));
  expect(await signInStatus(fn)).toBe(200);
});
