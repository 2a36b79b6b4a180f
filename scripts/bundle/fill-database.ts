import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { migrate } from '../../src/database/migrations/migrate.js';
import { recordingEnvironment } from './recording-environment.js';
import { admin } from './typical-events.js';

/** One more than the longest page has. */
const USERS = '101';

/** What typical events find: tables, users, the admin. @throws Error when there are tables of ours already: its data may be somebody's */
export async function fillDatabase(url: string): Promise<void> {
  const { applied } = await migrate(url);
  if (applied.length === 0)
    throw new Error('The database to record with has tables already; name an empty one.');
  await command(url, 'seed', '--users', USERS, '--allow-production', '--password-stdin');
  await command(url, 'admin', 'create', admin.email, '--name', 'Ada', '--password-stdin');
}

async function command(url: string, name: string, ...args: string[]): Promise<void> {
  const program = fileURLToPath(new URL(`../../dist/cli/${name}.js`, import.meta.url));
  const running = promisify(execFile)(process.execPath, [program, ...args], {
    // Not the caller's own settings, which may be for something else.
    env: { PATH: process.env.PATH, ...recordingEnvironment(url), AWS_LAMBDA_FUNCTION_NAME: '' },
  });
  running.child.stdin?.end(admin.password);
  await running;
}
