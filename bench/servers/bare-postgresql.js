// @ts-check
import pg from 'pg';

const columns = '"id", "email", "name", "role", "version", "createdAt", "updatedAt"';

/** As many connections as Farebox has; each statement is named, so that a connection parses it once. */
export function open(/** @type {string} */ connectionString) {
  const pool = new pg.Pool({ connectionString, max: Number(process.env.POOL_MAX ?? 10) });
  const query = async (
    /** @type {string} */ name,
    /** @type {string} */ text,
    /** @type {unknown[]} */ values,
  ) => (await pool.query({ name, text, values })).rows;
  const first = async (
    /** @type {string} */ name,
    /** @type {string} */ text,
    /** @type {unknown[]} */ values,
  ) => (await query(name, text, values))[0];
  /** @type {import('./bare.js').Store} */
  const store = {
    get: (id) => first('get', `SELECT ${columns} FROM "User" WHERE "id" = $1`, [id]),
    caller: (id) => first('caller', `SELECT "id", "role", "sessionEpoch" FROM "User" WHERE "id" = $1`, [id]),
    list: (limit) =>
      query('list', `SELECT ${columns} FROM "User" ORDER BY "createdAt", "id" LIMIT $1`, [limit]),
    create: ({ id, email, emailKey, name, nameKey, passwordHash, now }) =>
      first(
        'create',
        `INSERT INTO "User" ("id", "email", "emailKey", "name", "nameKey", "passwordHash", "createdAt", "updatedAt")
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7) RETURNING ${columns}`,
        [id, email, emailKey, name, nameKey, passwordHash, now],
      ),
    rename: (id, name, nameKey, now) =>
      first(
        'rename',
        `UPDATE "User" SET "name" = $2, "nameKey" = $3, "updatedAt" = $4, "version" = "version" + 1
         WHERE "id" = $1 RETURNING ${columns}`,
        [id, name, nameKey, now],
      ),
  };
  return store;
}
