/** `npm run db:migrate` and `npm run db:status`: data on stdout, everything else on stderr; 0 ok, 1 failed, 2 usage. */
import { Command, CommanderError } from 'commander';
import { ConfigError, readConfig } from '../config.js';
import { migrate, migrationStatus } from '../database/migrations/migrate.js';
import { readEnvironment } from '../environment.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

interface Output {
  json?: true;
}

const program = new Command('db')
  .description('Brings the database of DATABASE_URL up to date, or says whether it is.')
  .exitOverride();

program
  .command('migrate')
  .description('apply pending migrations, oldest first; stops at one that fails')
  .option('--json', 'print {"applied": [names]}')
  .action(async ({ json }: Output) => {
    const { database } = readConfig(readEnvironment());
    const { applied } = await migrate(database.url);
    if (json) print(JSON.stringify({ applied }));
    else for (const name of applied) print(name);
    note(applied.length === 0 ? 'Nothing was pending.' : `Applied ${applied.length}.`);
  });

program
  .command('status')
  .description('list migrations; exits 1 when one is pending or has failed')
  .option('--json', 'print {"applied": [names], "pending": [names], "failed": [{"name", "message"}]}')
  .action(async ({ json }: Output) => {
    const { database } = readConfig(readEnvironment());
    const status = await migrationStatus(database.url);
    const messageByName = new Map(status.failed.map(({ name, message }) => [name, message]));
    if (json) print(JSON.stringify(status));
    else {
      for (const name of status.applied) print(`applied  ${name}`);
      for (const name of status.pending) print(`${messageByName.has(name) ? 'failed ' : 'pending'}  ${name}`);
    }
    for (const [name, message] of messageByName) note(`${name}: ${message}`);
    if (status.pending.length > 0) {
      note('Run: npm run db:migrate');
      process.exitCode = EXIT_FAILED;
    }
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
  } else {
    const lines =
      error instanceof ConfigError ? error.lines : [error instanceof Error ? error.message : String(error)];
    for (const line of lines) note(line);
    process.exitCode = EXIT_FAILED;
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}
