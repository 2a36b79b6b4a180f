/** Files that are made from the code: `npm run generate` writes them, the gate checks that they are fresh. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { figuresTable } from '../bench/figures-table.js';
import type { Figures } from '../bench/scenario.js';
import { type Mode, settings } from '../src/config.js';
import { type Billed, functionCosts } from './function-costs.js';
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
interface Measured extends Figures {
  date: string;
  machine: { cores: number; cpu: string; memoryGiB: number; node: string };
}

/** What a scenario of the bench has measured, from its committed result. */
async function benchTable(name: string): Promise<string> {
  const { date, machine, conditions, rows } = JSON.parse(
    await read(`bench/results/${name}.json`),
  ) as Measured;
  const { cores, cpu, memoryGiB, node } = machine;
  const said = Object.entries(conditions).map(([condition, value]) => `${condition} ${value}`);
  return `${figuresTable(rows)}\n\n${date.slice(0, 10)}, ${cores} cores (${cpu}), ${memoryGiB} GiB, Node.js ${node}: ${said.join(', ')}.`;
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

/** Replaces what stands between a block's two markers. @throws Error when a marker is missing */
function withBlock(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name}: made by "npm run generate" -->`, `<!-- end of ${name} -->`];
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the markers of "${name}" are missing`);
  return `${text.slice(0, from)}${start}\n${content}\n${text.slice(to)}`;
}

const read = (path: string) => readFile(new URL(path, root), 'utf8').catch(() => '');
const files: Record<string, string> = {
  '.env.example': envExample(),
  'README.md': withBlock(
    withBlock(await read('README.md'), 'settings', settingsTable()),
    'trials',
    await trialsTable(),
  ),
  'docs/operations.md': withBlock(
    withBlock(await read('docs/operations.md'), 'bench', await benchTable('users')),
    'costs',
    await costsTable(),
  ),
};

const isCheck = flags(
  'Usage: npm run generate [-- --check]\nWrites .env.example and the tables of README.md and docs/operations.md. --check: only says whether they are fresh, exit code 1 when not.',
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
