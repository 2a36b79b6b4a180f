// @ts-check
/** The one gate, here and in CI: format, lint, types, dead code, lock file, generated files, stack, tests. Runs all, then says what failed. */
import { spawnSync } from 'node:child_process';
import { styleText } from 'node:util';
import { build } from './build.js';
import { flags } from './usage.js';

const steps = [
  { name: 'format and lint', command: ['biome', 'check', '--error-on-warnings', '.'] },
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'dead code', command: ['knip'] },
  { name: 'lock file', command: ['node', 'scripts/lock.js', '--check'] },
  { name: 'generated files', command: ['tsx', 'scripts/generate.ts', '--check'] },
  { name: 'stack of functions', command: ['tsx', 'scripts/stack-check.ts'] },
  { name: 'tests, the rooms among them', command: ['vitest', 'run'], isTest: true },
];

const given = flags(
  `Usage: npm run check [-- --skip-tests]\nSteps: ${steps.map(({ name }) => name).join(', ')}.\nExit codes: 0 all passed, 1 a step failed, 2 wrong usage.`,
  '--skip-tests',
);

await build();
const failed = [];
for (const { name, command, isTest } of steps) {
  if (isTest && given.has('--skip-tests')) continue;
  process.stdout.write(`${styleText('bold', `== ${name}`)}\n`);
  const [program = '', ...rest] = command;
  const { status } = spawnSync('npm', ['exec', '--offline', '--', program, ...rest], { stdio: 'inherit' });
  if (status !== 0) failed.push(name);
}
process.stdout.write(failed.length === 0 ? 'The gate is open.\n' : `Failed: ${failed.join('; ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
