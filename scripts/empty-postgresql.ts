/** A PostgreSQL in this very process, new and empty. Making its files takes seconds; read back, they are there in less than one. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';

const require = createRequire(import.meta.url);
const { version } = require(join(dirname(require.resolve('@electric-sql/pglite')), '..', 'package.json'));
/** Goes with the packages: `npm ci` removes it. */
const kept = fileURLToPath(new URL(`../node_modules/.farebox-postgresql/${version}.tar`, import.meta.url));

export async function emptyPostgresql(): Promise<PGlite> {
  if (existsSync(kept)) return PGlite.create({ loadDataDir: new Blob([readFileSync(kept)]) });
  const made = await PGlite.create();
  const files = await made.dumpDataDir('none');
  mkdirSync(dirname(kept), { recursive: true });
  // Whole or not at all, whoever else makes it at the same time.
  const mine = `${kept}.${process.pid}`;
  writeFileSync(mine, Buffer.from(await files.arrayBuffer()));
  renameSync(mine, kept);
  return made;
}
