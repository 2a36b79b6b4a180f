/** `npm run cost`: what a load costs on every platform known. Data on stdout; 0 priced, 1 a file cannot be used, 2 wrong usage. */
import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { costReport } from '../cost/cost-report.js';
import {
  COLD_STARTS_RULE,
  type Company,
  isWithin,
  type Load,
  type LoadNumber,
  loadFields,
  ruleOf,
} from '../cost/load.js';
import { prices } from '../cost/prices.js';
import { costTable } from './cost-table.js';
import { type MeasuredRun, measuredRuns } from './measured-runs.js';

type Options = Partial<Record<LoadNumber, number>> & {
  freeTier?: true;
  from?: string;
  row?: string;
  json?: true;
  lines?: true;
};

/** A result that does not say: so that a month's price is the price per million. */
const REQUESTS_OF_A_RESULT = 1_000_000;

class UnusableFile extends Error {}

const numberOf = (name: LoadNumber) => (given: string) => {
  const value = given.trim() === '' ? Number.NaN : Number(given);
  if (!isWithin(loadFields[name], value)) throw new InvalidArgumentError(`It ${ruleOf(loadFields[name])}.`);
  return value;
};

const flagOf = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const program = new Command('npm run cost --')
  .description(
    'Prices a month of equal requests on every platform known, line by line. Asks nobody, runs nothing.',
  )
  .option('--free-tier', 'take off what each platform gives an account each month, for good')
  .option(
    '--from <file>',
    'price what a file has measured: a result of the bench, a race (bench/results/race.json, GET /lab/races/{id}), one load',
  )
  .option('--row <text>', 'of its records, those only whose name holds this')
  .option('--lines', 'every line of each bill, to check it by hand')
  .option(
    '--json',
    'print {"load", "platforms", "cheapest", "verdict", "readOn"}; of a file {"runs": [these, with "what", "company"]}',
  )
  .addHelpText(
    'after',
    `\nPrices as read in ${prices.readOn}, ${prices.region}; how well each is known: docs/cost.md. Of a row of the bench, where an instance
serves one request at a time, counts what a request takes alone (aloneMs, tookMs); where it is shared, what it takes among
its companions (p50Ms, companions). So it is with a race's contestants (billedMs, instanceMs). Without --requests these are
a million, without --memory-mb at 512 MB. A load by itself has the fields of GET /lab/cost. What is given here goes first.
Exit codes: 0 priced, 1 the file cannot be used, 2 wrong usage.`,
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action((options: Options) => {
    const { freeTier, from, row, json, lines, ...given } = options;
    if (row !== undefined && from === undefined) program.error('error: --row is for --from');
    const runs = from === undefined ? [undefined] : runsOf(from, row);
    const reports = runs.map((run) => ({
      ...(run && { what: run.what }),
      ...costReport(loadOf(run, given, freeTier === true), companyOf(run, given)),
    }));
    if (json) {
      print(JSON.stringify(from === undefined ? reports[0] : { runs: reports }, null, 2));
      return;
    }
    const style = {
      hasLines: lines === true,
      columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    };
    for (const { what, ...report } of reports) {
      const { requests, durationMs, memoryMb } = report.load;
      const { company } = report;
      const shared = company
        ? ` (${company.durationMs} ms with ${company.concurrency} at a time where an instance is shared)`
        : '';
      print(
        `${what ? `${what}: ` : ''}${requests.toLocaleString('en-US')} requests a month of ${durationMs} ms${shared} at ${memoryMb} MB, prices of ${report.readOn}\n`,
      );
      print(`${costTable(report, style)}\n`);
    }
  });

for (const [name, field] of Object.entries(loadFields)) {
  const option = new Option(
    `${flagOf(name)} <number>`,
    `${field.about.charAt(0).toLowerCase()}${field.about.slice(1)}${field.default === undefined ? '' : ` (default: ${field.default})`}`,
  );
  program.addOption(option.argParser(numberOf(name as LoadNumber)));
}

function runsOf(file: string, text = ''): MeasuredRun[] {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UnusableFile(`${file} cannot be read: ${(error as Error).message}`);
  }
  const all = measuredRuns(value);
  if (all.length === 0)
    throw new UnusableFile(
      `${file} holds nothing to price: no rows of the bench, no contestants of a race, no load with a durationMs.`,
    );
  const runs = all.filter(({ what }) => what.includes(text));
  if (runs.length === 0)
    throw new UnusableFile(
      `${file} has no record named so; it has: ${all.map(({ what }) => what).join(' | ')}`,
    );
  return runs.map((run) => {
    if (!('lacks' in run)) return run;
    throw new UnusableFile(
      `${file}: “${run.what}” cannot be priced, for it lacks ${run.lacks.join(', ')}: how long it took under load is not what a request takes.`,
    );
  });
}

/** Where an instance is shared: as it was measured, but for what is given. */
function companyOf(run: MeasuredRun | undefined, given: Partial<Load>): Company | undefined {
  if (!run?.company) return undefined;
  const { durationMs, concurrency } = { ...run.company, ...given };
  return { durationMs, concurrency };
}

/** Of a file, where there is one, what is given going first. Ends with 2 where something is missing or does not fit. */
function loadOf(run: MeasuredRun | undefined, given: Partial<Load>, hasFreeTier: boolean): Load {
  const load = { ...(run && { requests: REQUESTS_OF_A_RESULT }), ...run?.load, ...given, hasFreeTier };
  for (const [name, field] of Object.entries(loadFields)) {
    const value = load[name as LoadNumber] ?? field.default;
    if (value === undefined) return program.error(`error: ${flagOf(name)} is needed`);
    for (const one of [value, run?.company?.[name as keyof Company] ?? value])
      if (!isWithin(field, one)) throw new UnusableFile(`${run?.what}: ${name} ${ruleOf(field)}, not ${one}`);
  }
  const { coldStarts = 0, requests = 0 } = load;
  if (coldStarts > requests) program.error(`error: --cold-starts ${COLD_STARTS_RULE}`);
  return load as Load;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

try {
  program.parse();
} catch (error) {
  if (!(error instanceof UnusableFile)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
