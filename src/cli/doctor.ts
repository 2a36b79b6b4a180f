/** `npm run doctor`: what is wrong with the database, and how to mend it. Data on stdout; 0 nothing failed, 1 something did, 2 usage. */
import { styleText } from 'node:util';
import { Command, InvalidArgumentError } from 'commander';
import { ConfigError, readConfig } from '../config.js';
import { diagnose } from '../database/diagnosis/diagnose.js';
import type { Finding } from '../database/diagnosis/finding.js';
import { describeDatabase } from '../database-url.js';
import { readEnvironment } from '../environment.js';

const MAX_INSTANCES = 10_000;
const MARGIN = ' '.repeat(6);

interface Options {
  instances?: number;
  json?: true;
}

const colours = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

function instanceCount(given: string): number {
  const count = /^\d{1,5}$/.test(given) ? Number(given) : 0;
  if (count < 1 || count > MAX_INSTANCES)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_INSTANCES}.`);
  return count;
}

function line({ check, state, says, mend }: Finding): string {
  const { stdout } = process;
  const word = state.padEnd(MARGIN.length);
  const first = `${stdout.isTTY ? styleText(colours[state], word) : word}${check}: ${says}\n`;
  return mend === undefined ? first : `${first}${MARGIN}${mend}\n`;
}

async function doctor({ instances: given, json }: Options): Promise<void> {
  const config = readConfig(readEnvironment());
  // While SIGHUP replaces them there is one more.
  const instances = given ?? (config.workers > 1 ? config.workers + 1 : 1);
  const database = describeDatabase(config.database.url);
  if (!json) process.stdout.write(`${database}\n`);
  const checks = await diagnose(config.database, { instances, isMigratedOnStart: config.migrateOnStart });
  const count = (state: Finding['state']) => checks.filter((finding) => finding.state === state).length;
  const isWell = count('fail') === 0;
  if (json) process.stdout.write(`${JSON.stringify({ database, ok: isWell, checks }, null, 2)}\n`);
  else process.stdout.write(checks.map(line).join(''));
  process.stderr.write(`${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} failed\n`);
  process.exitCode = isWell ? 0 : 1;
}

const program = new Command('npm run doctor --')
  .description('Looks at the database of DATABASE_URL and says how to mend what is wrong. Changes nothing.')
  .option(
    '--instances <number>',
    'processes that share it, each with a pool of its own (default: WEB_CONCURRENCY, and one more where it is above 1)',
    instanceCount,
  )
  .option('--json', 'print {"database", "ok", "checks": [{"check", "state", "says", "mend"}]}')
  .addHelpText(
    'after',
    '\nstate: ok; warn: it works and may not for long; fail: it does not work.\nExit codes: 0 nothing failed, 1 something did, 2 wrong usage.',
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(doctor);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
