/** Applies pending migrations: invoked once a deployment, before the new API takes requests. */
import { readConfig } from '../config.js';
import { migrate } from '../database/migrations/migrate.js';

/** @returns the handler, whose answer names what was applied */
export async function boot(): Promise<() => Promise<{ applied: string[] }>> {
  const { database } = readConfig(process.env);
  return () => migrate(database.url);
}
