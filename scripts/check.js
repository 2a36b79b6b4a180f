// @ts-check
/** The one gate, here and in CI: format, lint, types, dead code, lock file, generated files, stack, tests. Runs all, then says what failed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { styleText } from 'node:util';
import { build } from './build.js';
import { flags } from './usage.js';

const steps = [
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'format and lint', command: ['biome', 'check', '--error-on-warnings', '.'] },
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

/** Two at a time, since most keep one core busy; the tests, which keep all busy, after them. */
const AT_ONCE = 2;

/** Runs a step. What it says comes whole, when it has ended; of the tests as they go. @returns whether it passed */
async function passes(/** @type {typeof steps[number]} */ { name, command, isTest }) {
  const title = `${styleText('bold', `== ${name}`)}\n`;
  if (isTest) process.stdout.write(title);
  const startedMs = performance.now();
  const stdio = isTest ? 'inherit' : 'pipe';
  const child = spawn('npm', ['exec', '--offline', '--', ...command], { stdio: ['ignore', stdio, stdio] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => (said += text));
  const [status] = await once(child, 'close');
  if (!isTest) process.stdout.write(`${title}${said}`);
  process.stdout.write(`${name}: ${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`);
  return status === 0;
}

await build();
const due = steps.filter(({ isTest }) => !(isTest && given.has('--skip-tests')));
/** @type {string[]} */
const failed = [];
const waiting = due.filter(({ isTest }) => !isTest);
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let step = waiting.shift(); step; step = waiting.shift())
      if (!(await passes(step))) failed.push(step.name);
  }),
);
for (const step of due.filter(({ isTest }) => isTest)) if (!(await passes(step))) failed.push(step.name);
process.stdout.write(failed.length === 0 ? 'The gate is open.\n' : `Failed: ${failed.join('; ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
