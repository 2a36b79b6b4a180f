/** `npm run db:new -- NAME`: drafts the SQL that takes the migrations to what the models say. Needs no server. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { migrationNames } from '../src/database/migrations/migration-folder.js';
import { emptyPostgresql } from './empty-postgresql.js';
import { PgliteStream } from './pglite-stream.js';
import { schemaFiles } from './read-models.js';
import {
  migrationList,
  noFilters,
  openSchemaEngine,
  postgresqlAdapter,
  schemasOf,
  sqliteAdapter,
} from './schema-engine.js';

const handWritten = `-- To be written by hand: no engine here drafts MySQL, and the runner refuses this file until it holds SQL.
-- Text is VARCHAR(n) under utf8mb4_bin, an instant DATETIME(3). As a start, the draft for PostgreSQL:
--
`;

type Adapter = Awaited<ReturnType<typeof sqliteAdapter>>;

/** What is missing, or undefined where nothing is. */
async function draft(
  prismaFolder: string,
  engine: 'sqlite' | 'postgresql',
  adapter: Adapter,
): Promise<string | undefined> {
  const files = schemaFiles(engine, prismaFolder);
  const connect = async () => adapter;
  const prisma = await openSchemaEngine({
    provider: engine === 'sqlite' ? 'sqlite' : 'postgres',
    files,
    connect,
    connectToShadow: connect,
  });
  const { exitCode, stdout } = await prisma.diff({
    from: { tag: 'migrations', ...migrationList(join(prismaFolder, engine, 'migrations')) },
    to: { tag: 'schemaDatamodel', ...schemasOf(files) },
    script: true,
    exitCode: true,
    filters: noFilters,
  });
  return exitCode === 0 ? undefined : (stdout ?? undefined);
}

async function draftPostgresql(prismaFolder: string): Promise<string | undefined> {
  const database = await emptyPostgresql();
  try {
    const adapter = await postgresqlAdapter({
      user: 'postgres',
      database: 'postgres',
      stream: () => new PgliteStream(database),
    });
    return (await draft(prismaFolder, 'postgresql', adapter))?.replaceAll(newText, '$1 COLLATE "C"');
  } finally {
    await database.close();
  }
}

/** Where a column becomes text: its order must be that of the other engines (db:check finds one without). */
const newText = /^((?: +|.*ADD COLUMN +)"[^"]+" TEXT)(?!\[)/gm;

/** All before anything is written: a name that is taken, or a clock that is wrong, must not leave half. */
function refuseWrongOrder(prismaFolder: string, name: string): void {
  for (const engine of ['sqlite', 'postgresql', 'mysql']) {
    const last = migrationNames(join(prismaFolder, engine, 'migrations')).at(-1) ?? '';
    if (last >= name)
      throw new Error(`prisma/${engine}/migrations ends with ${last}, which is not before ${name}`);
  }
}

function write(prismaFolder: string, engine: string, name: string, sql: string): void {
  const folder = join(prismaFolder, engine, 'migrations', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'migration.sql'), sql, { flag: 'wx' });
  process.stdout.write(`${join(folder, 'migration.sql')}\n`);
}

const note = (line: string) => process.stderr.write(`${line}\n`);

async function create(title: string, { prisma }: { prisma: string }): Promise<void> {
  if (!/^[a-z][a-z0-9_]{0,60}$/.test(title))
    program.error('error: NAME takes a-z, 0-9 and _, and begins with a letter');
  const name = `${new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)}_${title}`;
  refuseWrongOrder(prisma, name);
  const sqlite = await draft(prisma, 'sqlite', await sqliteAdapter(':memory:'));
  const postgresql = await draftPostgresql(prisma);
  if (sqlite === undefined && postgresql === undefined) {
    note('The migrations make what the models say: nothing to write.');
    return;
  }
  if (sqlite !== undefined) write(prisma, 'sqlite', name, sqlite);
  if (postgresql !== undefined) write(prisma, 'postgresql', name, postgresql);
  const start = (postgresql ?? sqlite ?? '').trimEnd();
  write(prisma, 'mysql', name, `${handWritten}${start.replaceAll(/^(?=.)/gm, '-- ')}\n`);
  note('Review each, write the one of MySQL by hand, then run: npm run db:check');
}

const program = new Command('npm run db:new --')
  .description('Drafts a migration for SQLite and PostgreSQL; the one for MySQL is written by hand.')
  .argument('<name>', 'what it does: a-z, 0-9 and _')
  .option('--prisma <folder>', 'the folder to work in', fileURLToPath(new URL('../prisma', import.meta.url)))
  .addHelpText('after', '\nExit codes: 0 written or nothing to write, 1 failed, 2 wrong usage.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(create);
try {
  await program.parseAsync();
  // PostgreSQL in this process has set a code of its own.
  process.exitCode = 0;
} catch (error) {
  note((error as Error).message);
  process.exitCode = 1;
}
