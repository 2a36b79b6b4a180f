/** The zips at work, under the emulator, on a database of their own. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApiText } from '#dist/inbound/openapi-text.js';
import type { DeployedFunction } from '../../emulator/deployed-function.js';
import { FunctionInstances } from '../../emulator/function-instances.js';
import { fillDatabase } from '../../scripts/bundle/fill-database.js';
import { openScratchDatabase, type ScratchDatabase } from '../../scripts/bundle/scratch-database.js';
import { admin, httpEvent, sendTypicalEvents } from '../../scripts/bundle/typical-events.js';
import { openApp, production } from '../support/app.js';
import { bundled } from '../support/bundled.js';
import { injecting } from '../support/injecting.js';
import { serveFunction } from '../support/served-function.js';
import { underEmulator } from '../support/under-emulator.js';
import { unpackedZips } from '../support/unpacked-zips.js';

const unzipped = unpackedZips();
let database: ScratchDatabase;
let folder: string;
const zip = (name: 'api' | 'migrate', environment: Record<string, string> = {}) =>
  unzipped({ folder, name }, { DATABASE_URL: database.url, ...environment });

beforeAll(async () => {
  ({ folder } = await bundled());
  database = await openScratchDatabase();
}, 180_000);
afterAll(() => database?.close());

test('migrate.zip makes the tables, and finds nothing to do the next time', async () => {
  const instances = new FunctionInstances(zip('migrate'));
  try {
    const first = JSON.parse((await instances.invoke({})).payload);
    expect(first).toEqual({
      applied: [expect.stringMatching(/_users$/), expect.stringMatching(/_retries_and_limits$/)],
    });
    expect(JSON.parse((await instances.invoke({})).payload)).toEqual({ applied: [] });
  } finally {
    await instances.end();
  }
  await fillDatabase(database.url);
});

const statuses = (answers: { request: string; status: number }[]) =>
  // Ids and made-up addresses differ.
  answers.map(({ request, status }) => `${request.replace(/[0-9a-f-]{36}|p\d+@|cursor=.*/g, '…')} ${status}`);

test('typical events are answered as over inject', async () => {
  const { app, databaseUrl, close } = await openApp({ ...production, SIGNUP: 'open' });
  try {
    await fillDatabase(databaseUrl);
    const injected = await sendTypicalEvents(injecting(app));
    for (const { request, status, expected } of injected) expect(status, request).toBe(expected);
    const answered = await underEmulator(zip('api'), sendTypicalEvents);
    expect(statuses(answered)).toEqual(statuses(injected));
  } finally {
    await close();
  }
});

const cacheOf = ({ taskRoot }: DeployedFunction) => join(taskRoot, 'function.cjs.cache');
const signIn = (fn: DeployedFunction) =>
  underEmulator(fn, async (handler) => {
    const { statusCode } = await handler(httpEvent('POST', '/v1/auth/login', {}, admin), {});
    return statusCode;
  });

test.each([
  ['missing', (file: string) => rmSync(file)],
  ['another’s', (file: string) => writeFileSync(file, Buffer.alloc(64, 1))],
])('a code cache that is %s costs time and nothing else', async (_how, spoil) => {
  const fn = zip('api');
  spoil(cacheOf(fn));
  expect(await signIn(fn)).toBe(200);
});

test('the stack of an unexpected error names our own sources', async () => {
  const fn = zip('api', { LOG_LEVEL: 'error' });
  // With neither, every query fails in a way that nobody can expect.
  for (const name of ['query-plans.json', 'query-compiler.wasm.br']) rmSync(join(fn.taskRoot, name));
  const lines = await underEmulator(fn, async (handler, log) => {
    const { statusCode } = await handler(httpEvent('POST', '/v1/auth/login', {}, admin), {});
    expect(statusCode).toBe(500);
    return log;
  });
  const logged = lines.join('\n');
  expect(logged).toMatch(/\bsrc\/auth\/[\w.-]+\.ts:\d+:\d+/);
  expect(logged).not.toMatch(/function\.cjs:\d{4,}/);
});

describe.each(['open', 'closed'] as const)('the document, with sign-up %s', (SIGNUP) => {
  test('is what the generator makes, without its page', async () => {
    const { app, close } = await openApp({ ...production, SIGNUP });
    const served = await serveFunction(zip('api', { SIGNUP }));
    try {
      const answer = await fetch(`${served.url}/openapi.json`);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual(JSON.parse(await openApiText(app)));
      const etag = answer.headers.get('etag') as string;
      expect(etag).toMatch(/^(W\/)?".+"$/);
      const ask = (headers: Record<string, string>, method = 'GET') =>
        fetch(`${served.url}/openapi.json`, { method, headers });
      const head = await ask({}, 'HEAD');
      expect({ status: head.status, etag: head.headers.get('etag'), body: await head.text() }).toEqual({
        status: 200,
        etag,
        body: '',
      });
      expect((await ask({ 'if-none-match': etag })).status).toBe(304);
      expect((await ask({ 'if-none-match': '"other"' })).status).toBe(200);
      expect((await fetch(`${served.url}/docs`)).status).toBe(404);
    } finally {
      await served.end();
      await close();
    }
  });
});
