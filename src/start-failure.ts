import { ConfigError } from './config.js';
import { MigrationError } from './database/migrations/migrate.js';
import { databaseProblem } from './database/problems.js';

/** What an operator can mend is said in a sentence with the setting to look at; undefined: nobody foresaw it, a stack is for that. */
export function explainFailure(error: unknown): string | undefined {
  if (error instanceof ConfigError || error instanceof MigrationError) return error.message;
  const { code, message, address, port } = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
  };
  if (code === 'EADDRINUSE') return `address already in use ${address}:${port}. Set PORT to another one.`;
  if (code === 'EADDRNOTAVAIL') return `${message}. Set HOST to an address of this machine.`;
  // The file system's refusals and SQLite's, whichever way they come.
  if (code !== undefined || databaseProblem(error))
    return `Cannot start: ${message}. Check PORT, DATA_DIR and DATABASE_URL.`;
  return undefined;
}
