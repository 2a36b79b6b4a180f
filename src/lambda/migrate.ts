/** Applies pending migrations: invoked once a release, before the new API takes requests. */
import { migrate } from '../database/migrations/migrate.js';
import { sessionOpener } from '../database/migrations/session-opener.js';
import { parseDatabaseUrl } from '../database-url.js';

/** @returns the handler, whose answer names what was applied */
export async function boot(): Promise<() => Promise<{ applied: string[] }>> {
  // Not the whole configuration: what signs tokens is not given to this function.
  const { DATABASE_URL: url } = process.env;
  if (!url) throw new Error('DATABASE_URL is required.');
  // What is wrong with the URL is to be known before the first event, and the driver loaded.
  await sessionOpener(parseDatabaseUrl(url));
  return () => migrate(url);
}
