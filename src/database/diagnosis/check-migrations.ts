import { MigrationError, migrationStatus } from '../migrations/migrate.js';
import { type Finding, fail, ok, warn } from './finding.js';

const MIGRATE = 'Run: npm run db:migrate';

/** @param isAutomatic whether the next start applies what is pending (MIGRATE_ON_START) */
export async function checkMigrations(url: string, isAutomatic: boolean): Promise<Finding> {
  try {
    const { applied, pending, failed } = await migrationStatus(url);
    const [first] = failed;
    if (first)
      return fail('migrations', `${first.name} failed: ${first.message.replaceAll('\n', ' ')}`, MIGRATE);
    if (pending.length === 0) return ok('migrations', `all ${applied.length} applied`);
    const says = `${pending.length} pending: ${pending.join(', ')}`;
    return isAutomatic
      ? warn('migrations', says, `The next start applies them (MIGRATE_ON_START). ${MIGRATE} to do it now.`)
      : fail('migrations', says, MIGRATE);
  } catch (error) {
    if (error instanceof MigrationError)
      return fail('migrations', 'they do not fit this build', error.message);
    throw error;
  }
}
