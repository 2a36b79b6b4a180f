/**
 * The other side of ThreadConnection: one thread, one SQLite connection. The driver is synchronous,
 * so whatever waits for the disk waits here and never holds the event loop. It never waits for a
 * lock: SQLITE_BUSY goes back at once and the main thread decides whether there is time to try again.
 */
import { statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'libsql';

export interface ThreadData {
  path: string;
  role: 'reader' | 'writer';
}

export type SqlValue = null | string | number | bigint | Uint8Array | ArrayBuffer | boolean;

export type ThreadCall = { id: number } & (
  | { kind: 'open' | 'close' }
  | { kind: 'script'; sql: string }
  /** `within`: the statement belongs to the open transaction and must not run without it. */
  | { kind: 'statement'; sql: string; args: SqlValue[]; within: boolean }
);

export interface StatementResult {
  columns: string[];
  columnTypes: string[];
  rows: SqlValue[][];
  rowsAffected: number;
}

export type ThreadReply =
  | { id: number; ok: true; result: StatementResult | undefined }
  | {
      id: number;
      ok: false;
      code: string | undefined;
      rawCode: number | undefined;
      message: string;
    };

interface Prepared {
  statement: Sqlite.Statement;
  columns: string[];
  columnTypes: string[];
}

/** Prisma says the same few dozen things; the rest are IN lists of various lengths. */
const MAX_PREPARED = 200;
const SQLITE_ABORT = 4;

const { path, role } = workerData as ThreadData;
const port = parentPort;
if (!port) throw new Error('sqlite-thread is started by ThreadConnection');

let connection: Sqlite.Database | undefined;
const preparedBySql = new Map<string, Prepared>();

port.on('message', (call: ThreadCall) => {
  port.postMessage(answer(call));
  if (call.kind === 'close') port.close();
});

function answer(call: ThreadCall): ThreadReply {
  try {
    return { id: call.id, ok: true, result: perform(call) };
  } catch (error) {
    const { code, rawCode, message } = error as {
      code?: string;
      rawCode?: number;
      message: string;
    };
    return { id: call.id, ok: false, code, rawCode, message };
  }
}

function perform(call: ThreadCall): StatementResult | undefined {
  switch (call.kind) {
    case 'open':
      connection ??= openConnection();
      identity = identityOf(path);
      return undefined;
    case 'close':
      closeConnection();
      return undefined;
    case 'script':
      runScript(opened(), call.sql);
      return undefined;
    case 'statement':
      return runStatement(opened(), call.sql, call.args, call.within);
  }
}

/** Which file the connection is at: SQLite goes on writing into one that was removed, and all of it would be lost. */
let identity: string | undefined;

const identityOf = (file: string): string | undefined => {
  const status = statSync(file, { throwIfNoEntry: false });
  return status && `${status.dev}:${status.ino}`;
};

function opened(): Sqlite.Database {
  if (connection && identityOf(path) !== identity)
    throw Object.assign(new Error('the database file was removed or replaced; put it back or restart'), {
      code: 'SQLITE_CANTOPEN',
      rawCode: 14,
    });
  if (!connection)
    throw Object.assign(new Error('the database is closed'), {
      code: 'SQLITE_CANTOPEN',
      rawCode: 14,
    });
  return connection;
}

function openConnection(): Sqlite.Database {
  const database = new Sqlite(path, { timeout: 0 });
  try {
    // FULL: what was answered with success survives a power cut.
    hold(database, 'journal_mode', 'WAL', 'wal');
    hold(database, 'synchronous', 'FULL', 2);
    hold(database, 'foreign_keys', 'ON', 1);
    hold(database, 'busy_timeout', '0', 0);
    // A write that strays here by mistake fails instead of overtaking the writer's queue.
    hold(database, 'query_only', role === 'reader' ? 'ON' : 'OFF', role === 'reader' ? 1 : 0);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Sets a pragma and reads it back: SQLite ignores what it does not like without a word. */
function hold(database: Sqlite.Database, name: string, setting: string, expected: string | number): void {
  const value = () => (database.prepare(`PRAGMA ${name}`).raw(true).all([]) as unknown[][])[0]?.[0];
  if (value() !== expected) database.exec(`PRAGMA ${name} = ${setting}`);
  if (value() !== expected)
    throw new Error(`PRAGMA ${name} is ${String(value())} where ${expected} is needed`);
}

function closeConnection(): void {
  preparedBySql.clear();
  connection?.close();
  connection = undefined;
}

function runScript(database: Sqlite.Database, sql: string): void {
  try {
    database.exec(sql);
  } finally {
    if (database.inTransaction) database.exec('ROLLBACK');
  }
}

function runStatement(
  database: Sqlite.Database,
  sql: string,
  args: SqlValue[],
  within: boolean,
): StatementResult {
  // SQLite may roll a transaction back by itself, for instance when the disk is full. What
  // comes next must then fail: run alone it would be committed alone.
  if (within && !database.inTransaction) {
    throw Object.assign(new Error('the transaction was rolled back'), {
      code: 'SQLITE_ABORT',
      rawCode: SQLITE_ABORT,
    });
  }
  if (!within && database.inTransaction) database.exec('ROLLBACK');
  if (/^(BEGIN IMMEDIATE|COMMIT|ROLLBACK)$/.test(sql)) {
    database.exec(sql);
    return { columns: [], columnTypes: [], rows: [], rowsAffected: 0 };
  }
  // SQLite refuses these inside a transaction, or they would mean something else there.
  if (within || /^\s*(PRAGMA|VACUUM)\b/i.test(sql)) return runPrepared(database, sql, args);
  return runAlone(database, sql, args);
}

/**
 * A prepared statement that meets SQLITE_BUSY stays active until the driver happens to collect it, and
 * meanwhile nothing on the connection is committed although every call succeeds. So the lock (a
 * reader: the snapshot) is taken by `exec`, which finalizes at once; the statement then cannot be busy.
 */
function runAlone(database: Sqlite.Database, sql: string, args: SqlValue[]): StatementResult {
  try {
    database.exec(role === 'writer' ? 'BEGIN IMMEDIATE' : 'BEGIN; SELECT 1 FROM sqlite_master LIMIT 1');
    const result = runPrepared(database, sql, args);
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function runPrepared(database: Sqlite.Database, sql: string, args: SqlValue[]): StatementResult {
  const { statement, columns, columnTypes } = prepare(database, sql);
  try {
    const values = args.map(toSql);
    if (columns.length === 0) {
      return { columns, columnTypes, rows: [], rowsAffected: statement.run(values).changes };
    }
    const rows = statement.all(values) as unknown[][];
    for (const row of rows) for (let index = 0; index < row.length; index++) row[index] = fromSql(row[index]);
    return { columns, columnTypes, rows: rows as SqlValue[][], rowsAffected: rows.length };
  } catch (error) {
    preparedBySql.delete(sql);
    throw error;
  }
}

function prepare(database: Sqlite.Database, sql: string): Prepared {
  let prepared = preparedBySql.get(sql);
  if (prepared) {
    preparedBySql.delete(sql);
  } else {
    const statement = database.prepare(sql).safeIntegers(true);
    const columns = statement.reader ? statement.raw(true).columns() : [];
    prepared = {
      statement,
      columns: columns.map(({ name }) => name),
      columnTypes: columns.map(({ type }) => type ?? ''),
    };
    for (const oldest of preparedBySql.keys()) {
      if (preparedBySql.size < MAX_PREPARED) break;
      preparedBySql.delete(oldest);
    }
  }
  preparedBySql.set(sql, prepared);
  return prepared;
}

function toSql(value: SqlValue): null | string | number | bigint | Buffer {
  // The driver binds every JavaScript number as REAL.
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (value instanceof ArrayBuffer) return Buffer.from(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return value;
}

/** Integers become numbers where a number holds them exactly and stay bigint where it would not. */
function fromSql(value: unknown): SqlValue {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (value instanceof Uint8Array) return new Uint8Array(value).buffer;
  return value as SqlValue;
}
