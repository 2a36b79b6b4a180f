import { randomBytes } from 'node:crypto';
import { queryDatabase } from '../../../scripts/query-database.js';
import type { Engine } from '../../../src/database-url.js';

interface Login {
  /** The database, for a user of one's own with `password`. */
  url: string;
  /** After the database is dropped. */
  drop(): Promise<void>;
}

/** A user with a password, who may do everything in the one database. SQLite has none. */
export async function databaseLogin(engine: Engine, url: string, password: string): Promise<Login> {
  if (engine === 'sqlite') return { url, drop: async () => undefined };
  const name = `farebox_login_${randomBytes(4).toString('hex')}`;
  const own = new URL(url);
  const database = own.pathname.slice(1);
  const statements =
    engine === 'postgresql'
      ? [`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`, `ALTER DATABASE ${database} OWNER TO ${name}`]
      : [
          `CREATE USER ${name}@'%' IDENTIFIED BY '${password}'`,
          `GRANT ALL PRIVILEGES ON ${database}.* TO ${name}@'%'`,
        ];
  for (const statement of statements) await queryDatabase(url, statement);
  own.username = name;
  own.password = password;
  // Not the database itself: by then it is gone.
  const server = new URL(url);
  server.pathname = engine === 'postgresql' ? '/postgres' : '/mysql';
  return {
    url: own.href,
    drop: async () =>
      void (await queryDatabase(
        server.href,
        engine === 'postgresql' ? `DROP ROLE ${name}` : `DROP USER ${name}@'%'`,
      )),
  };
}
