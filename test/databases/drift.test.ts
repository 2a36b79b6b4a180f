/** What `npm run db:check` finds, on databases made by migrations that are not quite ours. */
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { migrate } from '#dist/database/migrations/migrate.js';
import { modelFacts } from '../../scripts/drift/model-facts.js';
import { readModels, schemaFiles } from '../../scripts/read-models.js';
import { engines, type TestEngine } from '../support/engines.js';
import { ownMigrations } from '../support/own-migrations.js';
import { temporaryFolder } from '../support/temporary-database.js';

const [first = ''] = ownMigrations;

/** A database whose first migration had every match of a pattern replaced; each has to be there. */
async function migrated(engine: TestEngine, edits: [RegExp, string][]): Promise<string> {
  const database = await engine.createDatabase();
  onTestFinished(() => database.drop());
  const folder = join(temporaryFolder(), 'migrations');
  cpSync(`prisma/${engine.engine}/migrations`, folder, { recursive: true });
  const file = join(folder, first, 'migration.sql');
  const sql = edits.reduce(
    (text, [pattern, replacement]) => {
      expect(text).toMatch(pattern);
      return text.replace(pattern, replacement);
    },
    readFileSync(file, 'utf8'),
  );
  writeFileSync(file, sql);
  await migrate(database.url, folder);
  return database.url;
}

function dbCheck(url: string) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'scripts/db-check.ts', '--url', url],
    { encoding: 'utf8' },
  );
  return { status, lines: stdout.split('\n').filter(Boolean), stderr };
}

const collations = {
  SQLite: { edit: 'TEXT COLLATE NOCASE', line: 'collation: expected binary, found NOCASE' },
  PostgreSQL: { edit: 'TEXT', line: 'column nameKey, collation: expected C, found default' },
  MySQL: {
    edit: 'VARCHAR(1020) COLLATE utf8mb4_general_ci',
    line: 'column nameKey, collation: expected utf8mb4_bin, found utf8mb4_general_ci',
  },
};

describe.each(engines)('db:check on $name', (engine) => {
  const { name } = engine;

  test('finds no drift between the models and the migrations', async () => {
    expect(dbCheck(await migrated(engine, []))).toEqual({
      status: 0,
      lines: [],
      stderr: `${name}: no drift\n`,
    });
  });

  test('finds each difference in a column, an index, a unique or an action, and exits with 2', async () => {
    const url = await migrated(engine, [
      [/,\s+["`]uses["`] INTEGER NOT NULL DEFAULT 0/, ''],
      [/(["`]version["`]) INTEGER NOT NULL DEFAULT 1/, "$1 VARCHAR(9) NOT NULL DEFAULT '1'"],
      [/(["`]passwordHash["`] [^,]*) NOT NULL/, '$1'],
      [/(["`]sessionEpoch["`] INTEGER NOT NULL DEFAULT) 0/, '$1 7'],
      [
        /(["`]nameKey["`]) (TEXT COLLATE "C"|TEXT|VARCHAR\(1020\))(?= NOT NULL)/,
        `$1 ${collations[name].edit}`,
      ],
      [/CREATE INDEX "User_email_id_idx".*;|INDEX `User_email_id_idx`.*,/, ''],
      [/\(("role", "email", "id"|`role`, `email`, `id`)\)/, name === 'MySQL' ? '(`role`)' : '("role")'],
      [/CREATE UNIQUE INDEX "User_emailKey_key".*;|UNIQUE INDEX `User_emailKey_key`.*,/, ''],
      [/ON DELETE CASCADE ON UPDATE CASCADE/, 'ON DELETE SET NULL ON UPDATE RESTRICT'],
      // Only a column that takes null may have that action.
      [/(["`]userId["`] [^,]*) NOT NULL/, '$1'],
    ]);
    const { status, lines } = dbCheck(url);
    const versionLines =
      name === 'SQLite'
        ? ['column version, type: expected integer, found varchar(9)']
        : name === 'MySQL'
          ? [
              'column version, type: expected int, found text',
              'column version, collation: expected none, found utf8mb4_bin',
            ]
          : [
              'column version, type: expected integer, found character varying(9)',
              'column version, collation: expected none, found default',
            ];
    expect(lines.sort()).toEqual(
      [
        `${name}: table Claim, column uses: expected, not found`,
        ...versionLines.map((line) => `${name}: table User, ${line}`),
        `${name}: table User, column passwordHash, nullable: expected no, found yes`,
        `${name}: table User, column sessionEpoch, default: expected 0, found 7`,
        `${name}: table User, ${collations[name].line}`,
        `${name}: table User, index (email, id): expected, not found`,
        `${name}: table User, index (role, email, id): expected, not found`,
        `${name}: table User, index (role): found, not in the models`,
        `${name}: table User, unique (emailKey): expected, not found`,
        `${name}: table Session, column userId, nullable: expected no, found yes`,
        `${name}: table Session, foreign key (userId), on delete: expected CASCADE, found SET NULL`,
        `${name}: table Session, foreign key (userId), on update: expected CASCADE, found RESTRICT`,
      ].sort(),
    );
    expect(status).toBe(2);
  });

  test('finds a missing foreign key and table, and what no model has', async () => {
    const mine = name === 'MySQL' ? 'CREATE TABLE `Mine` (`x` INT)' : 'CREATE TABLE "Mine" ("x" INTEGER)';
    const url = await migrated(engine, [
      [
        /ALTER TABLE .*ADD CONSTRAINT.*;|,\s+CONSTRAINT "Session_userId_fkey".*/,
        name === 'SQLite' ? '' : `${mine};`,
      ],
      [
        /-- CreateTable\s+CREATE TABLE ["`]Claim["`][^;]*;/,
        name === 'SQLite' ? `CREATE TABLE "Mine" ("x" INTEGER);` : '',
      ],
      [
        /(["`]expiresAt["`] )(DATETIME\(3\)|DATETIME|TIMESTAMP\(3\)) NOT NULL,/,
        `$1$2 NOT NULL, extra INTEGER,`,
      ],
    ]);
    const { status, lines } = dbCheck(url);
    expect(lines.sort()).toEqual([
      `${name}: table Claim: expected, not found`,
      `${name}: table Mine: found, not in the models`,
      `${name}: table Session, column extra: found, not in the models`,
      `${name}: table Session, foreign key (userId): expected, not found`,
    ]);
    expect(status).toBe(2);
  });
});

test('db:check without a server fails, and says of which', () => {
  const { status, stderr } = dbCheck('postgresql://farebox@127.0.0.1:1/farebox');
  expect(status).toBe(1);
  expect(stderr).toContain('db:check failed: connect ECONNREFUSED 127.0.0.1:1');
});

test('db:check refuses what it cannot compare', () => {
  const [datasource] = schemaFiles('sqlite');
  const facts = (field: string) =>
    modelFacts(
      readModels([datasource ?? ['', ''], ['x.prisma', `model X {\n  id String @id\n  ${field}\n}`]]),
      'sqlite',
    );
  expect(() => facts('price Decimal')).toThrow('does not know the column of X.price: Decimal');
  expect(() => facts('n Int @default(dbgenerated("7"))')).toThrow(
    'does not know the default of X.n: dbgenerated',
  );
  expect(() => facts('n Strin')).toThrow('Type "Strin" is neither a built-in type');
  expect(facts('at DateTime? @default(now())').get('X')?.get('column at')).toEqual({
    type: 'datetime',
    nullable: 'yes',
    default: 'now',
  });
});
