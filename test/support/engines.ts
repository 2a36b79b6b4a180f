/**
 * The engines there are to test on: SQLite always, the servers where TEST_POSTGRESQL_URL and
 * TEST_MYSQL_URL name one (a URL whose user may make databases).
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { queryDatabase } from '../../scripts/query-database.js';
import type { Engine } from '../../src/database-url.js';

type Row = Record<string, unknown>;

interface TestDatabase {
  /** As DATABASE_URL has it. */
  readonly url: string;
  /** Runs one statement. */
  query(sql: string): Promise<Row[]>;
  drop(): Promise<void>;
}

export interface TestEngine {
  readonly name: 'SQLite' | 'PostgreSQL' | 'MySQL';
  readonly engine: Engine;
  /** A new, empty database. */
  createDatabase(): Promise<TestDatabase>;
}

const sqlite: TestEngine = {
  name: 'SQLite',
  engine: 'sqlite',
  createDatabase: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'farebox-test-'));
    const url = `file:${join(folder, 'data', 'farebox.db')}`;
    return {
      url,
      query: (sql) => queryDatabase(url, sql),
      drop: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
    };
  },
};

const postgresql = (server: string): TestEngine => ({
  name: 'PostgreSQL',
  engine: 'postgresql',
  createDatabase: async () => {
    const name = newName();
    // Sorts as people do (a, B, c), so that what must be sorted by code point says so itself. PostgreSQL 15 or newer.
    await queryDatabase(
      server,
      `CREATE DATABASE ${name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'`,
    );
    const url = at(server, name);
    return {
      url,
      query: (sql) => queryDatabase(url, sql),
      drop: async () => void (await queryDatabase(server, `DROP DATABASE ${name} WITH (FORCE)`)),
    };
  },
});

const mysql = (server: string): TestEngine => ({
  name: 'MySQL',
  engine: 'mysql',
  createDatabase: async () => {
    const name = newName();
    // The server's own collation, which folds case: what must not be folded says so itself.
    await queryDatabase(server, `CREATE DATABASE ${name}`);
    const url = at(server, name);
    return {
      url,
      query: (sql) => queryDatabase(url, sql),
      drop: async () => void (await queryDatabase(server, `DROP DATABASE ${name}`)),
    };
  },
});

const newName = () => `farebox_test_${randomBytes(6).toString('hex')}`;

function at(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

function whereGiven(variable: string, make: (server: string) => TestEngine): TestEngine[] {
  const server = process.env[variable];
  return server ? [make(server)] : [];
}

/** Those that are there. */
const all = [
  sqlite,
  ...whereGiven('TEST_POSTGRESQL_URL', postgresql),
  ...whereGiven('TEST_MYSQL_URL', mysql),
];

/** Those that this run is for: all, or the one that TEST_ENGINE names (each project of vitest.config.ts names its own). */
export const engines: readonly TestEngine[] = all.filter(
  ({ engine }) => !process.env.TEST_ENGINE || engine === process.env.TEST_ENGINE,
);

/** The one that the application under test runs on. */
export const engineUnderTest = engines[0] as TestEngine;
