/** `npm run bench -- [SCENARIO...]`: measures, beside a yardstick in the same run, and keeps the result in bench/results. */
import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { build } from '../scripts/build.js';
import { checkRecord } from './check-record.js';
import { loadScenario, scenarioNames } from './load-scenario.js';
import { measure } from './measure.js';
import { plan, QUICK } from './plan.js';
import { readResult } from './read-result.js';
import { type Measured, page } from './report/page.js';
import type { Result } from './result.js';
import { saveResult } from './save-result.js';
import type { Scenario, Settings } from './scenario.js';

const names = await scenarioNames();
const FALLBACK = { rounds: 5, seconds: 3, connections: 32, minutes: Number.NaN };
const planOf = (name: string) => plan[name] ?? FALLBACK;

const within = (min: number, max: number) => (given: string) => {
  const value = Number(given);
  if (given.trim() === '' || !(value >= min && value <= max))
    throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
  return value;
};

interface Options {
  rounds?: number;
  seconds?: number;
  connections?: number;
  leastPart?: number;
  quick?: true;
  recorded?: true;
  check?: true;
  json?: true;
  html?: string;
  save: boolean;
}

const listed = names.map((name) => {
  const { minutes, rounds } = planOf(name);
  return `  ${name.padEnd(16)} ${`${minutes} min`.padStart(8)}, ${rounds} rounds`;
});

const program = new Command('npm run bench --')
  .description(
    'Measures the running software. Results: bench/results/NAME.json; how to read them: bench/README.md.',
  )
  .argument('[scenarios...]', 'what to measure; all without one')
  .option('--rounds <number>', 'rounds that count', within(1, 100))
  .option('--seconds <number>', 'of each round', within(0.1, 600))
  .option(
    '--connections <number>',
    'callers at the same time, where a scenario does not say',
    within(1, 1_000),
  )
  .option('--quick', 'as little as shows that it works; keeps no result')
  .option('--recorded', 'measure nothing: show the committed results')
  .option(
    '--check',
    'exit 99 when a part of a yardstick is worse than in the committed result; keeps no result',
  )
  .option(
    '--least-part <number>',
    "exit 99 when a median is a smaller part of the yardstick's",
    within(0, 10),
  )
  .option('--json', 'print the results, a line each, instead of their tables')
  .option('--html <file>', 'write a report with charts, to be opened from the disk')
  .option('--no-save', 'keep no result')
  .addHelpText(
    'after',
    `\nScenarios, with how long each takes on 2 cores:\n${listed.join('\n')}

Exit codes: 0 measured, 1 failed, 2 wrong usage, 99 something does not hold, is worse than its record or slower than --least-part.`,
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(async (given: string[], options: Options) => {
    const unknown = given.filter((name) => !names.includes(name));
    if (unknown.length > 0)
      program.error(`error: no scenario is called ${unknown.join(', ')}; there are ${names.join(', ')}`);
    await build();
    const measured: Measured[] = [];
    for (const name of given.length > 0 ? given : names) {
      const scenario = await loadScenario(name);
      if (options.leastPart !== undefined && !scenario.part)
        program.error(`error: ${name} has no yardstick that --least-part could be held against`);
      const result = options.recorded
        ? await readResult(name)
        : await measure(name, scenario, settingsOf(name, options));
      if (!result) {
        process.stderr.write(`${name}: not measured yet\n`);
        continue;
      }
      if (!options.recorded && options.save && !options.quick && !options.check)
        await saveResult(name, result);
      measured.push({ scenario, result });
      show(scenario, result, options);
      if (!options.quick) await judge(scenario, result, options);
    }
    if (options.html !== undefined) await writeFile(options.html, page(measured));
  });

function settingsOf(name: string, { quick, ...given }: Options): Settings {
  const { rounds, seconds, connections } = { ...planOf(name), ...(quick && QUICK) };
  return {
    rounds: Math.round(given.rounds ?? rounds),
    durationMs: (given.seconds ?? seconds) * 1_000,
    connections: Math.round(given.connections ?? connections),
    ...(quick && { isQuick: true }),
  };
}

function show({ lines, table }: Scenario, result: Result, { json }: Options): void {
  const { bench, question, rows, missing = [] } = result;
  const text = [
    `## ${bench}`,
    question,
    ...(lines ? [`\`\`\`text\n${lines(rows).join('\n')}\n\`\`\``] : []),
    table(rows),
    ...missing.map((sentence) => `Not measured: ${sentence}.`),
  ].join('\n\n');
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${text}\n\n`);
}

async function judge(scenario: Scenario, result: Result, { check, leastPart }: Options): Promise<void> {
  const { part } = scenario;
  const slow = part && leastPart !== undefined && result.rows.some((row) => part(row) < leastPart);
  const broken = scenario.broken?.(result.rows) ?? [];
  for (const sentence of broken) process.stderr.write(`Does not hold: ${sentence}\n`);
  const { lines, worse } = check ? await checkRecord(scenario, result) : { lines: [], worse: 0 };
  for (const line of lines) process.stderr.write(`${line}\n`);
  if (slow || broken.length > 0 || worse > 0) process.exitCode = 99;
}

// `exit` ends the servers that were started, as a signal by itself would not.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
