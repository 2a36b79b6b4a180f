import { closeSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { makePrivateFolder } from '../private-folder.js';

/** The absolute path that a `file:` URL names; any other URL is refused in words an operator can act on. */
export function sqlitePath(url: string): string {
  const path = /^file:(?:\/\/(?=\/))?([^?#]+)$/.exec(url)?.[1];
  // Two connections share the file, so a database in memory cannot work.
  if (path === undefined || path.includes(':memory:')) {
    throw new Error(
      'DATABASE_URL must be a file: URL of an SQLite file, such as file:/var/lib/farebox/farebox.db',
    );
  }
  return resolve(path);
}

/** Creates an empty database file for its owner's eyes only; SQLite gives -wal and -shm the same mode. */
export function createPrivateFile(path: string): void {
  makePrivateFolder(dirname(path));
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
