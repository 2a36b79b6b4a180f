import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { migrate } from '../../src/database/migrations/migrate.js';
import { recordingEnvironment } from './recording-environment.js';
import { admin } from './typical-events.js';

/** One more than the longest page has. */
const USERS = '101';

/** What typical events find in an empty database: tables, users, the admin. */
export async function fillDatabase(url: string): Promise<void> {
  await migrate(url);
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
