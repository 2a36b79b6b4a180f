// @ts-check
import { createPool } from 'mariadb';

const columns = '`id`, `email`, `name`, `role`, `version`, `createdAt`, `updatedAt`';

/** As many connections as Farebox has; statements are prepared. There is no RETURNING that both MySQL and MariaDB know. */
export function open(/** @type {string} */ url) {
  const { hostname, port, username, pathname } = new URL(url);
  const pool = createPool({
    host: hostname,
    port: Number(port),
    user: username,
    database: pathname.slice(1),
    connectionLimit: Number(process.env.POOL_MAX ?? 10),
    timezone: 'Z',
  });
  const query = (/** @type {string} */ sql, /** @type {unknown[]} */ values) => pool.execute(sql, values);
  /** @type {import('./bare.js').Store['get']} */
  const get = async (id) => (await query(`SELECT ${columns} FROM \`User\` WHERE \`id\` = ?`, [id]))[0];
  /** @type {import('./bare.js').Store} */
  const store = {
    caller: async (id) =>
      (await query('SELECT `id`, `role`, `sessionEpoch` FROM `User` WHERE `id` = ?', [id]))[0],
    get,
    list: (limit) => query(`SELECT ${columns} FROM \`User\` ORDER BY \`createdAt\`, \`id\` LIMIT ?`, [limit]),
    create: async ({ id, email, emailKey, name, nameKey, passwordHash, now }) => {
      await query(
        'INSERT INTO `User` (`id`, `email`, `emailKey`, `name`, `nameKey`, `passwordHash`, `createdAt`, `updatedAt`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        [id, email, emailKey, name, nameKey, passwordHash, now, now],
      );
      return { id, email, name, role: 'user', version: 1, createdAt: now, updatedAt: now };
    },
    rename: async (id, name, nameKey, now) => {
      await query(
        'UPDATE `User` SET `name` = ?, `nameKey` = ?, `updatedAt` = ?, `version` = `version` + 1 WHERE `id` = ?',
        [name, nameKey, now, id],
      );
      return get(id);
    },
  };
  return store;
}
