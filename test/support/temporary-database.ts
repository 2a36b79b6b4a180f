import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { Database } from '#dist/database/database.js';
import { migrate } from '#dist/database/migrations/migrate.js';
import { engineUnderTest } from './engines.js';

const require = createRequire(import.meta.url);

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'farebox-database-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Longer than a machine stalls; who is in a hurry says so. */
const defaults = { timeoutMs: 20_000, poolMax: 5, idleMs: 10_000 };

/** A database at `url`, closed with the test. */
export async function openDatabase(url: string, options: Partial<typeof defaults> = {}): Promise<Database> {
  const database = await Database.open({ ...defaults, ...options, url });
  onTestFinished(() => database.close());
  return database;
}

/** A new database of the engine that this run is for, migrated, opened, and dropped with the test. */
export async function openTemporary(
  options: Partial<typeof defaults> = {},
): Promise<{ database: Database; url: string }> {
  const { url, drop } = await engineUnderTest.createDatabase();
  onTestFinished(drop);
  await migrate(url);
  return { database: await openDatabase(url, options), url };
}

/** What a promise failed with. */
export const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('should have failed'),
    (error: unknown) => error,
  );

export function userRow(id: string, over: object = {}) {
  const now = new Date();
  return {
    id,
    email: `${id}@example.org`,
    emailKey: `${id}@example.org`,
    name: id,
    nameKey: id,
    passwordHash: '-',
    createdAt: now,
    updatedAt: now,
    ...over,
  };
}

/**
 * A second process running `code` as an ES module with `args`, libsql's path in `LIBSQL` and the
 * compiled output's address in `DIST`. `line` waits for its next line of output.
 */
export function startProcess(code: string, ...args: string[]) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, '--', ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...process.env,
      LIBSQL: require.resolve('libsql'),
      DIST: process.env.DIST ?? new URL('../../dist/', import.meta.url).href,
    },
  });
  onTestFinished(() => void child.kill());
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const line = () =>
    new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data).trim())));
  return { child, ended, line };
}
