/** What a warm function holds: on Lambda memory is money, and a leak ends a process that lives for hours. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { median } from '../../bench/statistics.js';
import type { ScratchDatabase } from '../../scripts/bundle/scratch-database.js';
import { bundled } from '../support/bundled.js';
import { filledDatabase } from '../support/filled-database.js';
import { type Resident, residentMemory } from '../support/resident-memory.js';
import { unpackedZips } from '../support/unpacked-zips.js';

const EVENTS = 1_000;
/** One alone may hold a tenth more or less; its objects do not differ by a fiftieth. */
const PROCESSES = 3;
const MOST_RISE = 1.2;

/** By major version of Node.js, as measured. */
const figures: Record<string, Resident> = {
  20: { residentMb: 135, heapMb: 15 },
  24: { residentMb: 137, heapMb: 16 },
};
const [major = ''] = process.versions.node.split('.');
const committed = figures[major];

const unzipped = unpackedZips();
let database: ScratchDatabase;
let folder: string;

beforeAll(async () => {
  ({ folder } = await bundled());
  database = await filledDatabase();
}, 180_000);
afterAll(() => database?.close());

test.runIf(committed)(`after ${EVENTS} events is not a fifth more than it was`, async () => {
  const fn = unzipped({ folder, name: 'api' }, { DATABASE_URL: database.url });
  const found: Resident[] = [];
  while (found.length < PROCESSES) found.push(await residentMemory(fn, EVENTS));
  const medians = {
    residentMb: median(found.map(({ residentMb }) => residentMb)),
    heapMb: median(found.map(({ heapMb }) => heapMb)),
  };
  for (const kind of ['residentMb', 'heapMb'] as const)
    expect(
      medians[kind],
      `${kind}, median of ${JSON.stringify(found)}; if it has to be, commit the new figure`,
    ).toBeLessThanOrEqual((committed as Resident)[kind] * MOST_RISE);
});
