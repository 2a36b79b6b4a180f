// @ts-check
/** What npm runs at the end of `npm ci`: a build, where the tools for one were installed. */
import { build, buildTools } from './build.js';

if (!buildTools()) {
  process.stderr.write('Installed without development dependencies: nothing is built.\n');
} else {
  try {
    await build();
  } catch (error) {
    process.stderr.write(`${/** @type {Error} */ (error).message}\n`);
    process.exitCode = 1;
  }
}
