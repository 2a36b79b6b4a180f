/** `npm run db:check`: are the tables that the migrations make the ones that the models say? On every engine there is. */
import { Command } from 'commander';
import { migrate } from '../src/database/migrations/migrate.js';
import { type Engine, parseDatabaseUrl } from '../src/database-url.js';
import { engines } from '../test/support/engines.js';
import { compareFacts, type ReadFacts } from './drift/facts.js';
import { modelFacts } from './drift/model-facts.js';
import { mysqlFacts } from './drift/mysql-facts.js';
import { postgresqlFacts } from './drift/postgresql-facts.js';
import { sqliteFacts } from './drift/sqlite-facts.js';
import { queryDatabase } from './query-database.js';
import { readModels, schemaFiles } from './read-models.js';

const EXIT_FAILED = 1;
const EXIT_DRIFT = 2;

const names: Record<Engine, string> = { sqlite: 'SQLite', postgresql: 'PostgreSQL', mysql: 'MySQL' };
const readers: Record<Engine, ReadFacts> = {
  sqlite: sqliteFacts,
  postgresql: postgresqlFacts,
  mysql: mysqlFacts,
};

async function check(url: string): Promise<void> {
  const { engine } = parseDatabaseUrl(url);
  const expected = modelFacts(readModels(schemaFiles(engine)), engine);
  const lines = compareFacts(expected, await readers[engine]((sql) => queryDatabase(url, sql)));
  for (const line of lines) process.stdout.write(`${names[engine]}: ${line}\n`);
  if (lines.length > 0) process.exitCode = EXIT_DRIFT;
  else note(`${names[engine]}: no drift`);
}

async function checkMigrations(): Promise<void> {
  for (const { createDatabase } of engines) {
    const database = await createDatabase();
    try {
      await migrate(database.url);
      await check(database.url);
    } finally {
      await database.drop();
    }
  }
  const checked = engines.map(({ engine }) => engine);
  for (const engine of ['postgresql', 'mysql'] as const) if (!checked.includes(engine)) notChecked(engine);
}

/** In CI a server that is missing is a failure: "no drift" must mean all three there. */
function notChecked(engine: Engine): void {
  note(`${names[engine]}: NOT CHECKED, TEST_${engine.toUpperCase()}_URL names no server`);
  if (process.env.CI) process.exitCode = EXIT_FAILED;
}

const note = (line: string) => process.stderr.write(`${line}\n`);

const program = new Command('npm run db:check --')
  .description(
    'Compares the models with a database: of SQLite, and of the servers that TEST_POSTGRESQL_URL and TEST_MYSQL_URL name, a new one that is migrated and dropped again.',
  )
  .option('--url <url>', 'check this database instead, as it is')
  .addHelpText('after', '\nExit codes: 0 no drift, 1 failed or wrong usage, 2 drift.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT_FAILED))
  .action(({ url }: { url?: string }) => (url === undefined ? checkMigrations() : check(url)));
try {
  await program.parseAsync();
} catch (error) {
  note(`db:check failed: ${(error as Error).message}`);
  process.exitCode = EXIT_FAILED;
}
