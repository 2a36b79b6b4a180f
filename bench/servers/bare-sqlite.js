// @ts-check
import Sqlite from 'libsql';

const columns = '"id", "email", "name", "role", "version", "createdAt", "updatedAt"';

/** On the main thread, as the driver is; what is answered is on the disk, as with Farebox. */
export function open(/** @type {string} */ url) {
  const database = new Sqlite(url.slice('file:'.length), { timeout: 1_000 });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  const prepare = (/** @type {string} */ sql) => database.prepare(sql);
  const caller = prepare('SELECT "id", "role", "sessionEpoch" FROM "User" WHERE "id" = ?');
  const get = prepare(`SELECT ${columns} FROM "User" WHERE "id" = ?`);
  const list = prepare(`SELECT ${columns} FROM "User" ORDER BY "createdAt", "id" LIMIT ?`);
  const create = prepare(
    `INSERT INTO "User" ("id", "email", "emailKey", "name", "nameKey", "passwordHash", "createdAt", "updatedAt")
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const rename = prepare(
    `UPDATE "User" SET "name" = ?, "nameKey" = ?, "updatedAt" = ?, "version" = "version" + 1 WHERE "id" = ?`,
  );
  const stored = (/** @type {Date} */ instant) => instant.toISOString().replace('Z', '+00:00');
  const row = (/** @type {any} */ found) =>
    found && { ...found, createdAt: new Date(found.createdAt), updatedAt: new Date(found.updatedAt) };
  /** @type {import('./bare.js').Store} */
  const store = {
    caller: async (id) => /** @type {import('./bare-check.js').Caller | undefined} */ (caller.get([id])),
    get: async (id) => row(get.get([id])),
    list: async (limit) => list.all([BigInt(limit)]).map(row),
    create: async ({ id, email, emailKey, name, nameKey, passwordHash, now }) => {
      create.run([id, email, emailKey, name, nameKey, passwordHash, stored(now), stored(now)]);
      return { id, email, name, role: 'user', version: 1, createdAt: now, updatedAt: now };
    },
    rename: async (id, name, nameKey, now) => {
      rename.run([name, nameKey, stored(now), id]);
      return row(get.get([id]));
    },
  };
  return store;
}
