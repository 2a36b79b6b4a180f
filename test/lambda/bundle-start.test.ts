/** What a start loads, and where it refuses. */
import { beforeAll, describe, expect, test } from 'vitest';
import { FunctionInstances } from '../../emulator/function-instances.js';
import { type Bundled, bundled } from '../support/bundled.js';
import { loadedAtStart } from '../support/loaded-at-start.js';
import { unpackedZips } from '../support/unpacked-zips.js';

/** Nobody listens there: INIT connects to nothing. */
const POSTGRESQL = 'postgresql://postgres@127.0.0.1:1/farebox';
const MYSQL = 'mysql://root@127.0.0.1:1/farebox';
/** Others load something else at their own start. */
const [major = ''] = process.versions.node.split('.');
const held = ['20', '24'];

const howToUpdate =
  'What is loaded at start has changed, which each cold start pays for. If it has to be: npm test -- bundle-start --update, on Node.js 20 and 24';
const lines = (names: string[]) => `${names.join('\n')}\n`;
const unzipped = unpackedZips();
let zips: Record<'postgresql' | 'mysql', Bundled>;

beforeAll(async () => {
  zips = { postgresql: await bundled(), mysql: await bundled({ engine: 'mysql' }) };
}, 180_000);

describe.each(['api', 'stream', 'migrate'] as const)('%s', (name) => {
  test('loads these packages', async () => {
    const report = zips.postgresql.reports.find((one) => one.function === name);
    await expect(lines(Object.keys(report?.packages ?? {}).sort()), howToUpdate).toMatchFileSnapshot(
      `loaded-at-start/${name}-packages.txt`,
    );
  });

  test.runIf(held.includes(major))('loads these modules of Node.js', async () => {
    const fn = unzipped({ folder: zips.postgresql.folder, name }, { DATABASE_URL: POSTGRESQL });
    await expect(lines(await loadedAtStart(fn)), howToUpdate).toMatchFileSnapshot(
      `loaded-at-start/${name}-node-${major}.txt`,
    );
  });
});

test.each([
  ['postgresql', 'api', MYSQL],
  ['postgresql', 'api', 'file:/tmp/farebox.db'],
  ['postgresql', 'stream', MYSQL],
  ['postgresql', 'migrate', MYSQL],
  ['mysql', 'api', POSTGRESQL],
  ['mysql', 'migrate', POSTGRESQL],
] as const)(
  'a zip for %s: %s with %s says at INIT which database it was made for',
  async (engine, name, url) => {
    const fn = unzipped({ folder: zips[engine].folder, name }, { DATABASE_URL: url });
    const instances = new FunctionInstances(fn);
    try {
      const failure = JSON.parse((await instances.start()) ?? '{}');
      expect(failure.errorMessage).toBe(
        `This bundle was made for ${engine}: DATABASE_URL must name such a database.`,
      );
    } finally {
      await instances.end();
    }
  },
);
