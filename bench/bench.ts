/** `npm run bench -- SCENARIO`: measures, beside a yardstick in the same run, and keeps the result in bench/results. */
import { readdir } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { build } from '../scripts/build.js';
import { machine } from './machine.js';
import { progressOf } from './progress-of.js';
import { saveResult } from './save-result.js';
import type { Scenario } from './scenario.js';

const names = (await readdir(new URL('./scenarios/', import.meta.url)))
  .map((file) => file.replace(/\.ts$/, ''))
  .sort();
const load = async (name: string) =>
  ((await import(`./scenarios/${name}.ts`)) as { scenario: Scenario }).scenario;

const within = (min: number, max: number) => (given: string) => {
  const value = Number(given);
  if (given.trim() === '' || !(value >= min && value <= max))
    throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
  return value;
};

interface Options {
  rounds: number;
  seconds: number;
  connections: number;
  leastPart?: number;
  json?: true;
  save: boolean;
}

const program = new Command('npm run bench --')
  .description(
    `Measures the running software. Results: bench/results/NAME.json.\nScenarios: ${names.join(', ')}`,
  )
  .argument('<scenario>', 'what to measure')
  .option('--rounds <number>', 'rounds that count', within(1, 100), 5)
  .option('--seconds <number>', 'of each round', within(0.1, 600), 3)
  .option('--connections <number>', 'callers at the same time', within(1, 1_000), 32)
  .option(
    '--least-part <number>',
    "exit 99 when a median is a smaller part of the yardstick's",
    within(0, 10),
  )
  .option('--json', 'print the result instead of its table')
  .option('--no-save', 'keep no result')
  .addHelpText('after', '\nExit codes: 0 measured, 1 failed, 2 wrong usage, 99 slower than --least-part.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(async (name: string, { rounds, seconds, connections, leastPart, json, save }: Options) => {
    if (!names.includes(name))
      program.error(`error: no scenario is called ${name}; there are ${names.join(', ')}`);
    await build();
    const scenario = await load(name);
    if (leastPart !== undefined && !scenario.part)
      program.error(`error: ${name} has no yardstick that --least-part could be held against`);
    const startedMs = performance.now();
    const busyBefore = Number((loadavg()[0] ?? 0).toFixed(1));
    if (busyBefore > machine.cores / 2)
      process.stderr.write(
        `Other work keeps ${busyBefore} of ${machine.cores} cores busy: the figures will say so.\n`,
      );
    const { conditions, rows, more } = await scenario.run(
      { rounds: Math.round(rounds), durationMs: seconds * 1_000, connections: Math.round(connections) },
      progressOf(name),
    );
    const result = {
      bench: name,
      question: scenario.question,
      date: new Date().toISOString(),
      durationS: Number(((performance.now() - startedMs) / 1000).toFixed(1)),
      machine,
      conditions: { ...conditions, busyBefore },
      rows,
      ...more,
    };
    if (save) await saveResult(name, result);
    process.stdout.write(`${json ? JSON.stringify(result) : scenario.table(rows)}\n`);
    const { part } = scenario;
    const slow = part && leastPart !== undefined && rows.some((row) => part(row) < leastPart);
    const broken = scenario.broken?.(rows) ?? [];
    for (const sentence of broken) process.stderr.write(`Does not hold: ${sentence}\n`);
    if (slow || broken.length > 0) process.exitCode = 99;
  });

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
