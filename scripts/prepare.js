// @ts-check
/** What npm runs at the end of `npm ci`: a build, where the tools for one were installed. */
import { createRequire } from 'node:module';
import { build } from './build.js';

const { resolve } = createRequire(import.meta.url);
try {
  resolve('@nestjs/cli/package.json');
  await build();
} catch (error) {
  if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'MODULE_NOT_FOUND') throw error;
  process.stderr.write('Installed without development dependencies: nothing is built.\n');
}
