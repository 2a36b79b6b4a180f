import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { sqlitePath } from '../config.js';
import { makePrivateFolder } from '../private-folder.js';

/** The file of a `file:` URL; any other URL is refused in words an operator can act on. */
export function sqliteFile(url: string): string {
  const path = sqlitePath(url);
  if (path !== undefined) return path;
  throw new Error(
    'DATABASE_URL must be a file: URL of an SQLite file, such as file:/var/lib/farebox/farebox.db',
  );
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
