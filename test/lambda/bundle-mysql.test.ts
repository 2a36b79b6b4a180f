/** A zip for MySQL, recorded on a server that is there for it, at work on that server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillDatabase } from '../../scripts/bundle/fill-database.js';
import { sendTypicalEvents } from '../../scripts/bundle/typical-events.js';
import { type Bundled, bundled } from '../support/bundled.js';
import { compileQueries } from '../support/compile-queries.js';
import { isAvailable, ThrowawayServer, throwawayName } from '../support/throwaway-server.js';
import { underEmulator } from '../support/under-emulator.js';
import { unpackedZips } from '../support/unpacked-zips.js';

describe.runIf(isAvailable('mysql'))(`a zip for MySQL, recorded on ${throwawayName('mysql')}`, () => {
  const unzipped = unpackedZips();
  let database: ThrowawayServer;
  let zips: Bundled;
  const api = () => unzipped({ folder: zips.folder, name: 'api' }, { DATABASE_URL: database.url });

  beforeAll(async () => {
    database = await ThrowawayServer.start('mysql');
    zips = await bundled({ engine: 'mysql', scratchUrl: database.url });
    await database.empty();
  }, 180_000);
  afterAll(() => database?.remove());

  test('has plans, which are those of the real compiler for MySQL', async () => {
    expect(zips.notes).not.toMatch(/Nothing was recorded/);
    const { key, plans } = JSON.parse(readFileSync(join(api().taskRoot, 'query-plans.json'), 'utf8'));
    const queries = Object.keys(plans);
    expect(queries.length).toBeGreaterThan(20);
    const compiled = await compileQueries('mysql', key, queries);
    expect(queries.map((query) => JSON.parse(plans[query]))).toEqual(compiled);
  });

  test('answers typical events', async () => {
    await fillDatabase(database.url);
    const answers = await underEmulator(api(), sendTypicalEvents);
    for (const { request, status, expected } of answers) expect(status, request).toBe(expected);
  });
});
