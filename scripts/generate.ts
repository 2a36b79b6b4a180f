/** Files that are made from the code: `npm run generate` writes them, the gate checks that they are fresh. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { adaptersTable } from '../bench/adapters-table.js';
import { briefCellsTable, cellsTable } from '../bench/cells-table.js';
import { coldStartTable } from '../bench/cold-start-table.js';
import { pairsTable } from '../bench/pairs-table.js';
import type { Figures, Row } from '../bench/scenario.js';
import { timesTable } from '../bench/times-table.js';
import { type Mode, settings } from '../src/config.js';
import { costRecords, type FanOut } from './cost-records.js';
import {
  fanOutTable,
  leapcellTable,
  platformsTable,
  readmeCosts,
  sourcesTable,
  waitStylesTable,
} from './cost-tables.js';
import { type Billed, functionCosts } from './function-costs.js';
import { handlerFigures, withFigures } from './handler-figures.js';
import { flags } from './usage.js';

const root = new URL('../', import.meta.url);

/** As `npm run trials` writes it; `npm run bench` writes others beside it. */
interface Result {
  trial?: string;
  claim: string;
  held: boolean;
  summary: string;
  date: string;
}

const defaultOf = (mode: Mode, setting: (typeof settings)[keyof typeof settings]): string =>
  setting.default(mode, false) ?? '';

function envExample(): string {
  const blocks = Object.entries(settings).map(([name, setting]) => {
    const production = defaultOf('production', setting);
    const development = defaultOf('development', setting);
    const note = production === development ? '' : `\n# Production: ${production || 'no default'}`;
    return `# ${setting.about}.${note}\n# ${name}=${development}\n`;
  });
  return `# Every setting, with development's defaults. Copy to .env and change what you need;\n# variables of the environment win. Made by "npm run generate" from src/config.ts.\n\n${blocks.join('\n')}`;
}

function settingsTable(): string {
  const rows = Object.entries(settings).map(([name, setting]) => {
    const code = (mode: Mode) => (defaultOf(mode, setting) ? `\`${defaultOf(mode, setting)}\`` : '–');
    return `| \`${name}\` | ${code('development')} | ${code('production')} | ${setting.about} |`;
  });
  return ['| setting | development | production | meaning |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

/** What has been tried, from the committed results. */
async function trialsTable(): Promise<string> {
  const folder = new URL('bench/results/', root);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const results = await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(new URL(name, folder), 'utf8')) as Result),
  );
  const trials = results.filter(({ trial }) => trial !== undefined);
  const rows = trials.map(
    ({ trial, claim, held, summary, date }) =>
      `| [${trial}](bench/results/${trial}.json) | ${claim} | ${held ? 'held' : 'did **not** hold'}: ${summary} | ${date.slice(0, 10)} |`,
  );
  return ['| trial | claim | result | date |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** As `npm run bench` writes it. */
interface Measured<Row = unknown> extends Figures<Row> {
  date: string;
  machine: { cores: number; cpu: string; memoryGiB: number; node: string };
}

const NOT_MEASURED = 'Not measured yet.';

/** What a scenario of the bench has measured, from its committed result. */
async function benchTable<Row>(name: string, table: (rows: readonly Row[]) => string): Promise<string> {
  const result = await read(`bench/results/${name}.json`);
  if (result === '') return NOT_MEASURED;
  const { date, machine, conditions, rows, missing = [] } = JSON.parse(result) as Measured;
  const { cores, cpu, memoryGiB, node } = machine;
  const said = Object.entries(conditions).map(([condition, value]) => `${condition} ${value}`);
  const gaps = missing.map((sentence) => ` Not measured: ${sentence}.`).join('');
  return `${table(rows as Row[])}\n\n${date.slice(0, 10)}, ${cores} cores (${cpu}), ${memoryGiB} GiB, Node.js ${node}: ${said.join(', ')}.${gaps}`;
}

/** What a warm event costs by each door, if that has been measured. */
async function eventsTable(): Promise<string> {
  const result = await read('bench/results/adapters.json');
  if (result === '') return NOT_MEASURED;
  const { date, machine, conditions, rows } = JSON.parse(result) as Measured<Row>;
  const { functionNode, memoryMb, rounds, durationMs, residentMbAfter1000Events, busyBefore } = conditions;
  return [
    adaptersTable(rows),
    `${date.slice(0, 10)}, ${rows[0]?.product}, Node.js ${functionNode}, ${machine.cores} cores (${machine.cpu}), ${rounds} rounds of ${durationMs} ms there and back, ${busyBefore} cores busy before.`,
    `After 1,000 events a process of ${memoryMb} MB has ${residentMbAfter1000Events} MB resident.`,
  ].join('\n\n');
}

/** What comes through each door of a function otherwise than over a socket, and why; then all that was tried. */
async function doorsTable(): Promise<string> {
  const { summary, date, figures } = JSON.parse(await read('bench/results/doors.json')) as Result & {
    figures: { rows: Record<string, string>[] };
  };
  const doors = Object.keys(figures.rows[0] ?? {}).filter((name) => name !== 'case');
  const reasons = [
    ...new Set(
      figures.rows.flatMap((row) => doors.map((door) => row[door] as string)).filter((it) => it !== 'same'),
    ),
  ];
  const cell = (verdict = '') => (verdict === 'same' ? '✓' : String(reasons.indexOf(verdict) + 1));
  const table = (rows: Record<string, string>[]) =>
    [
      `| case | ${doors.join(' | ')} |`,
      `| --- |${' --- |'.repeat(doors.length)}`,
      ...rows.map((row) => `| ${row.case} | ${doors.map((door) => cell(row[door])).join(' | ')} |`),
    ].join('\n');
  const odd = figures.rows.filter((row) => doors.some((door) => row[door] !== 'same'));
  return [
    `${date.slice(0, 10)}: ${summary}. ✓ is as over a socket; a number is the reason below.`,
    table(odd),
    reasons.map((reason, index) => `${index + 1}. ${reason}`).join('\n'),
    `<details><summary>The ${figures.rows.length - odd.length} cases that come to the same through every door</summary>`,
    figures.rows
      .filter((row) => !odd.includes(row))
      .map((row) => row.case)
      .join('; '),
    '</details>',
  ].join('\n\n');
}

/** What the functions cost, by what `npm run bench` has found them to be billed where it has. */
async function costsTable(): Promise<string> {
  const result = await read('bench/results/cold-start.json');
  const { billed } = (result === '' ? {} : JSON.parse(result)) as { billed?: Billed };
  const stack = parse(await read('serverless.yml'), { logLevel: 'silent' }) as {
    functions: { api: { memorySize: number } };
  };
  return functionCosts(billed, stack.functions.api.memorySize);
}

/** Replaces what stands between each block's two markers. @throws Error when a marker is missing */
function withBlocks(text: string, blocks: Record<string, string>): string {
  return Object.entries(blocks).reduce((whole, [name, content]) => {
    const pattern = new RegExp(`(<!-- ${name}: [^\\n]*-->\\n)[\\s\\S]*?(<!-- end of ${name} -->)`);
    if (!pattern.test(whole)) throw new Error(`no block ${name}`);
    return whole.replace(pattern, (_found, begin: string, end: string) => `${begin}${content}\n${end}`);
  }, text);
}

const read = (path: string) => readFile(new URL(path, root), 'utf8').catch(() => '');
/** As JSON with each bill's line on a line of its own. */
const compact = (value: object): string =>
  JSON.stringify(value, null, 2).replace(/\{[^{}[\]]*\}/g, (innermost) => innermost.replace(/\n\s+/g, ' '));
const costs = costRecords(JSON.parse(await read('bench/results/fan-out.json')) as FanOut);
const figures = await handlerFigures(read);
const files: Record<string, string> = {
  '.env.example': envExample(),
  'bench/results/cost.json': `${compact(costs)}\n`,
  'README.md': withFigures(
    withBlocks(await read('README.md'), {
      cost: readmeCosts(costs),
      settings: settingsTable(),
      trials: await trialsTable(),
      handlers: await benchTable('handlers', pairsTable),
      'noisy-neighbour': await benchTable('noisy-neighbour', briefCellsTable),
      processes: await benchTable('processes', briefCellsTable),
      tls: await benchTable('tls', briefCellsTable),
    }),
    figures,
  ),
  'docs/handlers.md': withFigures(await read('docs/handlers.md'), figures),
  'docs/cost.md': withBlocks(await read('docs/cost.md'), {
    platforms: platformsTable(),
    leapcell: leapcellTable(costs),
    'fan-out': fanOutTable(costs),
    'wait-styles': waitStylesTable(costs),
    sources: sourcesTable(),
  }),
  'docs/performance.md': withBlocks(await read('docs/performance.md'), {
    handlers: await benchTable('handlers', cellsTable),
    'noisy-neighbour': await benchTable('noisy-neighbour', cellsTable),
    processes: await benchTable('processes', cellsTable),
    tls: await benchTable('tls', cellsTable),
  }),
  'docs/operations.md': withBlocks(await read('docs/operations.md'), {
    adapters: await eventsTable(),
    bench: await benchTable('users', cellsTable),
    'cold-start': await benchTable('cold-start', coldStartTable),
    costs: await costsTable(),
    crawl: await benchTable('crawl', timesTable),
    doors: await doorsTable(),
    'fan-out': await benchTable('fan-out', timesTable),
  }),
};

const isCheck = flags(
  'Usage: npm run generate [-- --check]\nWrites .env.example, bench/results/cost.json and the tables and figures of README.md and docs/. --check: only says whether they are fresh, exit code 1 when not.',
  '--check',
).has('--check');
for (const [path, content] of Object.entries(files)) {
  if ((await read(path)) === content) continue;
  if (isCheck) {
    process.stderr.write(`${path} is not what the code says; run: npm run generate\n`);
    process.exitCode = 1;
  } else {
    await writeFile(new URL(path, root), content);
    process.stdout.write(`${path} written\n`);
  }
}
