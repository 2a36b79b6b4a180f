import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../../database-url.js';
import { prismaFolder } from './prisma-folder.js';

export interface Migration {
  name: string;
  sql: string;
  /** What the ledger keeps: lower-case SHA-256 of the file. */
  checksum: string;
  /** The same file under the other line ending, as a checkout on another system may have it. */
  checksums: ReadonlySet<string>;
}

export const migrationsFolder = (engine: Engine): string => join(prismaFolder, engine, 'migrations');

/** The names of the migrations in a folder, oldest first: a name begins with its time. */
export function migrationNames(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'migration.sql')))
    .map(({ name }) => name)
    .sort();
}

export function readMigrations(folder: string): Migration[] {
  return migrationNames(folder).map((name) => {
    const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8');
    const withLf = sql.replaceAll('\r\n', '\n');
    return {
      name,
      sql,
      checksum: sha256(sql),
      checksums: new Set([sha256(sql), sha256(withLf), sha256(withLf.replaceAll('\n', '\r\n'))]),
    };
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
