import type { Engine } from '../../../src/database-url.js';

const tablesOf: Record<Engine, string> = {
  sqlite: `SELECT name FROM sqlite_master WHERE type = 'table'`,
  postgresql: `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  mysql: 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
};

/** Every table there is, whatever it is called, and all its rows as text. */
export async function tableRows(
  engine: Engine,
  database: { query(sql: string): Promise<Record<string, unknown>[]> },
): Promise<[string, string][]> {
  const quote = engine === 'mysql' ? '`' : '"';
  const tables = (await database.query(tablesOf[engine])).map(({ name }) => String(name));
  const found: [string, string][] = [];
  for (const table of tables.sort()) {
    const rows = await database.query(`SELECT * FROM ${quote}${table}${quote}`);
    found.push([table, rows.map((row) => Object.values(row).map(textOf).join('\t')).join('\n')]);
  }
  return found;
}

const textOf = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);
