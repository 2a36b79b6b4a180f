import { queryDatabase } from '../scripts/query-database.js';
import { parseDatabaseUrl } from '../src/database-url.js';

/** What makes the whole numbers 1 to `count`, as `i`; an id and an instant of the user with that number. */
const dialects = {
  sqlite: (count: number) => ({
    numbers: `(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) SELECT i FROM n) AS n`,
    digits: `printf('%06d', i)`,
    id: `printf('%012x', i)`,
    time: `strftime('%Y-%m-%dT%H:%M:%f', 1767225600 + i / 1000.0, 'unixepoch') || '+00:00'`,
  }),
  postgresql: (count: number) => ({
    numbers: `generate_series(1, ${count}) AS n(i)`,
    digits: `lpad(i::text, greatest(6, length(i::text)), '0')`,
    id: `lpad(to_hex(i), 12, '0')`,
    time: `timestamp '2026-01-01' + i * interval '1 millisecond'`,
  }),
  // MariaDB's sequence engine.
  mysql: (count: number) => ({
    numbers: `(SELECT seq AS i FROM seq_1_to_${count}) AS n`,
    digits: `lpad(i, greatest(6, length(i)), '0')`,
    id: `lpad(lower(hex(i)), 12, '0')`,
    time: `timestamp('2026-01-01') + interval i * 1000 microsecond`,
  }),
};

/** Adds seed-000001@example.org and so on by one statement: what Prisma would take minutes for. */
export async function insertUsers(url: string, count: number): Promise<void> {
  const { engine } = parseDatabaseUrl(url);
  const { numbers, digits, id, time } = dialects[engine](count);
  const columns = ['id', 'email', 'emailKey', 'name', 'nameKey', 'passwordHash', 'createdAt', 'updatedAt'];
  const quote = engine === 'mysql' ? '`' : '"';
  const email = joined(engine, `'seed-'`, digits, `'@example.org'`);
  const values = [
    joined(engine, `'019aa3c4-7d1e-7c3b-9f27-'`, id),
    email,
    email,
    joined(engine, `'Name '`, digits),
    joined(engine, `'name '`, digits),
    `'none'`,
    time,
    time,
  ];
  await queryDatabase(
    url,
    `INSERT INTO ${quote}User${quote} (${columns.map((column) => quote + column + quote).join()}) SELECT ${values.join()} FROM ${numbers}`,
  );
}

const joined = (engine: string, ...parts: string[]): string =>
  engine === 'mysql' ? `concat(${parts.join()})` : parts.join(' || ');
