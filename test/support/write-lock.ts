import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const holder = `
import Database from 'libsql';
const database = new Database(process.argv[1], { timeout: 10_000 });
database.exec('BEGIN IMMEDIATE');
process.stdout.write('held');
process.stdin.on('end', () => { database.exec('ROLLBACK'); database.close(); }).resume();
`;

/** Another process that holds the write lock of an SQLite file until it is told to let go. */
export async function holdWriteLock(path: string): Promise<{ release(): Promise<void> }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', holder, path], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const gone = ended.then(() => Promise.reject(new Error('The lock could not be had.')));
  await Promise.race([once(child.stdout, 'data'), gone]);
  gone.catch(() => undefined);
  return {
    release: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
