/**
 * Applies migrations without Prisma's native engine and keeps Prisma's own ledger; of several runners
 * at once one applies each. On SQLite and PostgreSQL a migration is one transaction, its ledger row
 * included: a failed one is rolled back, noted, and the next run tries it again. On MySQL, where DDL
 * commits by itself, a person looks first. Either way a failed one blocks what follows.
 */
import { parseDatabaseUrl } from '../../database-url.js';
import { MigrationError } from './migration-error.js';
import { type Migration, migrationsFolder, readMigrations } from './migration-folder.js';
import { type LedgerRow, type MigrationSession, ROLLED_BACK, setAsideSql } from './migration-session.js';
import { sessionOpener } from './session-opener.js';

export { MigrationError };

/** A large migration of another process may take this long; every start of a fleet waits for the first. */
const MIGRATE_WAIT_MS = 60_000;
const STATUS_WAIT_MS = 5_000;
/** MySQL's TEXT holds 64 KiB. */
const MAX_LOG_CHARACTERS = 10_000;

export interface MigrationStatus {
  applied: string[];
  pending: string[];
  /** Tried and not finished; also pending. */
  failed: { name: string; message: string }[];
}

/** Applies what is pending, oldest first. `waitMs`: how long to wait each time for another process's lock. */
export async function migrate(
  url: string,
  folder = migrationsFolder(parseDatabaseUrl(url).engine),
  options = { waitMs: MIGRATE_WAIT_MS },
): Promise<{ applied: string[] }> {
  const migrations = readMigrations(folder);
  const applied: string[] = [];
  for (;;) {
    // A session each: what a script SETs ends with it.
    const name = await inSession(url, options.waitMs, (session) => applyNext(session, migrations));
    if (name === undefined) return { applied };
    applied.push(name);
  }
}

/** What has been applied and what not; a database without a ledger has everything pending. Changes nothing. */
export async function migrationStatus(
  url: string,
  folder = migrationsFolder(parseDatabaseUrl(url).engine),
  options = { waitMs: STATUS_WAIT_MS },
): Promise<MigrationStatus> {
  const migrations = readMigrations(folder);
  const rows = await inSession(url, options.waitMs, (session) => session.readLedger());
  const pending = findPending(migrations, rows).map(({ name }) => name);
  return {
    applied: migrations.map(({ name }) => name).filter((name) => !pending.includes(name)),
    pending,
    failed: rows
      .filter(({ state }) => state === 'failed')
      .map(({ name, logs }) => ({
        name,
        message: logs ?? 'It was begun and is not finished: it still runs, or its process was ended.',
      })),
  };
}

async function inSession<T>(
  url: string,
  waitMs: number,
  work: (session: MigrationSession) => Promise<T>,
): Promise<T> {
  const open = await sessionOpener(parseDatabaseUrl(url));
  const session = await open(waitMs);
  try {
    return await work(session);
  } catch (error) {
    // MySQL's driver would say the whole statement.
    if (error instanceof MigrationError || !(error as { sqlMessage?: unknown }).sqlMessage) throw error;
    throw new MigrationError(`The server refuses: ${messageOf(error)}`, { cause: error });
  } finally {
    // A connection that is lost cannot be closed; what went wrong before is what counts.
    await session.close().catch(() => undefined);
  }
}

async function applyNext(session: MigrationSession, migrations: Migration[]): Promise<string | undefined> {
  await session.begin();
  const startedAt = new Date();
  let next: Migration | undefined;
  try {
    await session.createLedger();
    const rows = await session.readLedger();
    next = findPending(migrations, rows)[0];
    if (next) {
      refuseUnclear(rows);
      refuseEmpty(next);
      await session.apply(next, startedAt);
    }
    await session.commit();
    return next?.name;
  } catch (error) {
    const isUndone = await session.rollback();
    if (error instanceof MigrationError) throw error;
    if (isForbidden(error))
      throw new MigrationError(
        `The user of DATABASE_URL may not make tables (${messageOf(error)}): make it the owner of the database, or grant it CREATE on schema public.`,
        { cause: error },
      );
    if (!next) throw error;
    const message = messageOf(error);
    const advice = isUndone ? ROLLED_BACK : `It may be partly applied: ${byHand(next.name)}`;
    await noteFailure(session, next, startedAt, `${advice}\n${message}`.slice(0, MAX_LOG_CHARACTERS));
    throw new MigrationError(`Migration ${next.name} failed: ${message}. ${advice}`, { cause: error });
  }
}

/** The note is for people and for `status`; where it cannot be written the error itself still says it. */
async function noteFailure(
  session: MigrationSession,
  migration: Migration,
  startedAt: Date,
  logs: string,
): Promise<void> {
  try {
    await session.begin();
    await session.createLedger();
    const rows = await session.readLedger();
    // In the moment without the lock another runner may have been luckier.
    const isApplied = rows.some(({ name, state }) => name === migration.name && state === 'applied');
    if (!isApplied) await session.recordFailed(migration, startedAt, logs);
    await session.commit();
  } catch {
    await session.rollback();
  }
}

/** The ledger and the folder must tell one story; then what the ledger lacks is pending. */
function findPending(migrations: Migration[], rows: LedgerRow[]): Migration[] {
  const byName = new Map(migrations.map((migration) => [migration.name, migration]));
  const applied = new Set<string>();
  for (const { name, checksum, state } of rows) {
    if (state === 'rolled back') continue;
    const migration = byName.get(name);
    if (!migration) {
      throw new MigrationError(
        `The database has migration ${name}, this build has not: run the build that made it.`,
      );
    }
    if (state !== 'applied') continue;
    if (!migration.checksums.has(checksum)) {
      throw new MigrationError(
        `Migration ${name} was changed after it was applied: restore its file and write a new migration for the change.`,
      );
    }
    applied.add(name);
  }
  return migrations.filter(({ name }) => !applied.has(name));
}

/** What was rolled back left nothing behind. Anything else may have, and only a person can tell. */
function refuseUnclear(rows: LedgerRow[]): void {
  const unclear = rows.find(({ state, logs }) => state === 'failed' && !logs?.startsWith(ROLLED_BACK));
  if (unclear) {
    throw new MigrationError(
      `Migration ${unclear.name} was begun before, is not finished and may be partly applied: ${byHand(unclear.name)}`,
    );
  }
}

/** A draft that nobody has written yet would otherwise be taken for done. */
function refuseEmpty({ name, sql }: Migration): void {
  const isEmpty = /^\s*$/.test(sql.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, ''));
  if (isEmpty) throw new MigrationError(`Migration ${name} holds no SQL: write it, then run again.`);
}

const byHand = (name: string) =>
  `undo what it did by hand, then run: ${setAsideSql(name)}; and migrate again.`;

/** SQLSTATE insufficient_privilege; ER_TABLEACCESS_DENIED_ERROR. */
const isForbidden = (error: unknown): boolean =>
  ['42501', 'ER_TABLEACCESS_DENIED_ERROR'].includes(String((error as { code?: unknown }).code));

/** MySQL's driver puts the whole script into its message; the server's own words do. */
function messageOf(error: unknown): string {
  const { sqlMessage, message } = error as { sqlMessage?: string; message?: string };
  return sqlMessage || message || String(error);
}
