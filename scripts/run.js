// @ts-check
/** `node scripts/run.js PROGRAM [args]`: dist/PROGRAM.js in this very process, built before if a source is newer. */
import { fileURLToPath } from 'node:url';
import { build } from './build.js';

const [node = '', , program = '', ...args] = process.argv;
const file = new URL(`../dist/${program}.js`, import.meta.url);
try {
  await build();
} catch (error) {
  process.stderr.write(`${/** @type {Error} */ (error).message}\n`);
  process.exit(1);
}
process.argv = [node, fileURLToPath(file), ...args];
await import(file.href);
