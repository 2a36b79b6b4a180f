import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migrate } from '#dist/database/migrations/migrate.js';
import { engines } from '../support/engines.js';
import { ownMigrations } from '../support/own-migrations.js';
import { temporaryFolder } from '../support/temporary-database.js';

function dbNew(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'scripts/db-new.ts', ...args],
    { encoding: 'utf8' },
  );
  return { status, written: stdout.split('\n').filter(Boolean), stderr };
}

/** A copy of prisma/ whose models have one field and one model more. */
function changedModels(): string {
  const folder = join(temporaryFolder(), 'prisma');
  cpSync('prisma', folder, { recursive: true, verbatimSymlinks: true });
  const file = join(folder, 'models', 'claim.prisma');
  writeFileSync(
    file,
    `${readFileSync(file, 'utf8').replace(/\}\s*$/, '  note String?\n}')}\nmodel Fare {\n  id  String @id\n  tag String @default("x")\n}\n`,
  );
  return folder;
}

test('db:new drafts SQLite and PostgreSQL, leaves MySQL to a person, and then has nothing to write', {
  timeout: 180_000,
}, async () => {
  const folder = changedModels();
  const { status, written, stderr } = dbNew('fares', '--prisma', folder);
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('by hand') });
  expect(written.map((path) => path.slice(folder.length).replace(/\d{14}/, 'T'))).toEqual(
    ['sqlite', 'postgresql', 'mysql'].map((engine) => `/${engine}/migrations/T_fares/migration.sql`),
  );
  const [sqlite = '', postgresql = '', mysql = ''] = written.map((path) => readFileSync(path, 'utf8'));
  expect(sqlite).toContain('"note" TEXT');
  expect(postgresql).toContain('ADD COLUMN     "note" TEXT COLLATE "C"');
  expect(postgresql).toContain(`"tag" TEXT COLLATE "C" NOT NULL DEFAULT 'x'`);
  expect(mysql.split('\n').filter((line) => !/^(--|$)/.test(line))).toEqual([]);
  for (const engine of engines) {
    const database = await engine.createDatabase();
    try {
      const migrating = migrate(database.url, join(folder, engine.engine, 'migrations'));
      if (engine.engine === 'mysql') await expect(migrating).rejects.toThrow('_fares holds no SQL');
      else expect((await migrating).applied).toHaveLength(ownMigrations.length + 1);
    } finally {
      await database.drop();
    }
  }
  expect(dbNew('again', '--prisma', folder)).toEqual({
    status: 0,
    written: [],
    stderr: 'The migrations make what the models say: nothing to write.\n',
  });
  // And the lock file.
  expect(readdirSync(join(folder, 'mysql', 'migrations'))).toHaveLength(ownMigrations.length + 2);
});

test('db:new says what is wrong with its name, and with the models', () => {
  expect(dbNew().status).toBe(2);
  expect(dbNew('No good')).toMatchObject({ status: 2, stderr: expect.stringContaining('NAME takes a-z') });
  const folder = changedModels();
  writeFileSync(join(folder, 'models', 'bad.prisma'), 'model Bad {\n  id Strin @id\n}\n');
  expect(dbNew('bad', '--prisma', folder)).toMatchObject({
    status: 1,
    written: [],
    stderr: expect.stringContaining('Type "Strin" is neither a built-in type'),
  });
});
