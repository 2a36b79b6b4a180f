import { fillDatabase } from '../../scripts/bundle/fill-database.js';
import { openScratchDatabase, type ScratchDatabase } from '../../scripts/bundle/scratch-database.js';

/** A PostgreSQL for one connection at a time, with what typical events need. Close it. */
export async function filledDatabase(): Promise<ScratchDatabase> {
  const database = await openScratchDatabase();
  await fillDatabase(database.url);
  return database;
}
