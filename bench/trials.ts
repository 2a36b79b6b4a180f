/** `npm run trials -- NAME`: runs trials in their full counts and keeps the result as JSON in bench/results. */
import { readdir } from 'node:fs/promises';
import { styleText } from 'node:util';
import { Command, InvalidArgumentError } from 'commander';
import { machine } from './machine.js';
import { progressOf } from './progress-of.js';
import { saveResult } from './save-result.js';
import type { Trial } from './trial.js';

const trialsFolder = new URL('./trials/', import.meta.url);

const names = (await readdir(trialsFolder)).map((file) => file.replace(/\.ts$/, '')).sort();
const load = async (name: string) => ((await import(`./trials/${name}.ts`)) as { trial: Trial }).trial;

async function runTrial(name: string, options: { minutes?: number }): Promise<boolean> {
  const trial = await load(name);
  const startedMs = performance.now();
  const { held, summary, figures } = await trial.run(progressOf(name), options);
  const result = {
    trial: name,
    claim: trial.claim,
    held,
    summary,
    date: new Date().toISOString(),
    durationS: Number(((performance.now() - startedMs) / 1000).toFixed(1)),
    machine,
    figures,
  };
  await saveResult(name, result);
  const verdict = held ? styleText('green', 'held') : styleText('red', 'did not hold');
  process.stdout.write(`${name}: ${verdict}  ${trial.claim}\n${JSON.stringify(figures, null, 2)}\n`);
  return held;
}

function minutes(text: string): number {
  if (Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('It must be a number above 0.');
}

const program = new Command('npm run trials --')
  .description(
    `Tries what is promised, in full counts. Results: bench/results/NAME.json.\nTrials: ${names.join(', ')}`,
  )
  .argument('[names...]', 'trials to run; all without one')
  .option('--list', 'names the trials and what they claim')
  .option('--minutes <number>', 'how long, for a trial that lasts (mixed-load)', minutes)
  .addHelpText(
    'after',
    '\nExit codes: 0 all held, 1 a trial failed to run, 2 wrong usage, 99 a claim did not hold.',
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(async (given: string[], { list, ...options }: { list?: true; minutes?: number }) => {
    if (list) {
      for (const name of names) process.stdout.write(`${name.padEnd(16)} ${(await load(name)).claim}\n`);
      return;
    }
    const unknown = given.filter((name) => !names.includes(name));
    if (unknown.length > 0)
      program.error(`error: no trial is called ${unknown.join(', ')}; there are ${names.join(', ')}`);
    for (const name of given.length > 0 ? given : names)
      if (!(await runTrial(name, options))) process.exitCode = 99;
  });
await program.parseAsync();
