import type { SqlQuery } from '../sql-adapter.js';

/** Prisma says the same few dozen things; the rest are IN lists of various lengths, which are not worth the server's memory. */
const MAX_NAMES = 200;

/** The same name for the same SQL, so that a connection prepares it once; undefined when there are enough. */
export function statementNames(): (query: SqlQuery) => string | undefined {
  const nameBySql = new Map<string, string>();
  return ({ sql }) => {
    const known = nameBySql.get(sql);
    if (known !== undefined || nameBySql.size === MAX_NAMES) return known;
    const name = `farebox_${nameBySql.size + 1}`;
    nameBySql.set(sql, name);
    return name;
  };
}
