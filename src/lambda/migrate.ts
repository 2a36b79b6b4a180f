/** Applies pending migrations: invoked once a release, before the new API takes requests. */
import { migrate } from '../database/migrations/migrate.js';

/** @returns the handler, whose answer names what was applied */
export async function boot(): Promise<() => Promise<{ applied: string[] }>> {
  // Not the whole configuration: what signs tokens is not given to this function.
  const { DATABASE_URL: url } = process.env;
  if (!url) throw new Error('DATABASE_URL is required.');
  return () => migrate(url);
}
