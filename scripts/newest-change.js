// @ts-check
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * When something under a path was last changed; folders count, so that a removed file is noticed. 0: it is not there.
 * @param {string} path
 * @param {string[]} [unread] what does not count
 * @returns {number}
 */
export function newestChange(path, unread = []) {
  const status = statSync(path, { throwIfNoEntry: false });
  if (!status || unread.includes(path)) return 0;
  if (!status.isDirectory()) return status.mtimeMs;
  return readdirSync(path).reduce(
    (latest, name) => Math.max(latest, newestChange(join(path, name), unread)),
    status.mtimeMs,
  );
}
