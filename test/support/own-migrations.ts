import { readdirSync } from 'node:fs';

/** Names of the migrations of this repository, in order; every engine has them all. */
export const ownMigrations = readdirSync('prisma/sqlite/migrations', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();
