import { existsSync } from 'node:fs';
import Sqlite from 'libsql';
import { types } from 'pg';
import { openConnection } from '../src/database/mysql/open-connection.js';
import { clientConfig } from '../src/database/postgresql/client-config.js';
import { openClient } from '../src/database/postgresql/open-client.js';
import { parseDatabaseUrl, type ServerUrl } from '../src/database-url.js';

type Row = Record<string, unknown>;

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Runs one statement, on a connection of its own, for development and tests. Whole numbers are numbers,
 * also where they are counts. A file that is not there is not made.
 */
export async function queryDatabase(url: string, sql: string): Promise<Row[]> {
  const parsed = parseDatabaseUrl(url);
  if (parsed.engine === 'sqlite') return querySqlite(parsed.path, sql);
  return parsed.engine === 'postgresql' ? queryPostgresql(parsed, sql) : queryMysql(parsed, sql);
}

function querySqlite(path: string, sql: string): Row[] {
  if (!existsSync(path)) throw new Error(`there is no file ${path}`);
  const database = new Sqlite(path, { timeout: CONNECT_TIMEOUT_MS });
  try {
    const statement = database.prepare(sql);
    if (statement.reader) return statement.all([]) as Row[];
    statement.run([]);
    return [];
  } finally {
    database.close();
  }
}

async function queryPostgresql(url: ServerUrl, sql: string): Promise<Row[]> {
  const { client } = await openClient(clientConfig(url, CONNECT_TIMEOUT_MS));
  client.setTypeParser(types.builtins.INT8, Number);
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function queryMysql(url: ServerUrl, sql: string): Promise<Row[]> {
  const { connection } = await openConnection(url, {
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    driver: { bigIntAsNumber: true },
  });
  try {
    const result = await connection.query(sql);
    return Array.isArray(result) ? result : [];
  } finally {
    await connection.end();
  }
}
