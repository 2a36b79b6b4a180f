/** `npm run db:seed`: plausible users to try things on. Data on stdout; 0 done, 1 failed, 2 usage, 130 interrupted. */
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { Command, InvalidArgumentError } from 'commander';
import { newPassword } from '../auth/auth.schema.js';
import { PasswordHasher } from '../auth/password-hasher.js';
import { readConfig } from '../config.js';
import { Database } from '../database/database.js';
import { migrate } from '../database/migrations/migrate.js';
import { describeDatabase } from '../database-url.js';
import { readEnvironment } from '../environment.js';
import { type SeedProgress, seedUsers } from '../users/seed-users.js';
import { Progress } from './progress.js';
import { Refusal, runProgram } from './run-program.js';

/** More than that is a load test, and the ids would no longer be a moment apart. */
const MAX_USERS = 10_000_000;
const EXIT_INTERRUPTED = 130;

interface Options {
  users: number;
  passwordStdin?: true;
  allowProduction?: true;
  json?: true;
}

const note = (line: string): void => void process.stderr.write(`${line}\n`);

/** @throws InvalidArgumentError, which commander turns into wrong usage */
function userCount(given: string): number {
  const count = /^\d{1,8}$/.test(given) ? Number(given) : 0;
  if (count < 1 || count > MAX_USERS)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_USERS}.`);
  return count;
}

async function givenPassword(): Promise<string> {
  const parsed = newPassword.safeParse((await text(process.stdin)).replace(/\r?\n$/, ''));
  if (!parsed.success) throw new Refusal(`password: ${parsed.error.issues[0]?.message}`);
  return parsed.data;
}

async function seed(options: Options): Promise<void> {
  const config = readConfig(readEnvironment());
  if (config.mode === 'production' && !options.allowProduction)
    throw new Refusal(
      'This is production mode: made-up users among real ones are not easily told apart again. Say --allow-production if you mean it.',
    );
  const password = options.passwordStdin ? await givenPassword() : randomBytes(32).toString('base64url');
  const interrupted = onInterrupt();
  if (config.migrateOnStart) await migrate(config.database.url);
  const database = await Database.open(config.database);
  try {
    if ((await database.pendingMigrations()).length > 0)
      throw new Refusal('The database is not up to date. Run: npm run db:migrate');
    note(`Seeding ${describeDatabase(config.database.url)}`);
    await fill(database, options, password, interrupted);
  } finally {
    await database.close();
  }
}

async function fill(
  database: Database,
  { users, passwordStdin, json }: Options,
  password: string,
  interrupted: { isSet: boolean },
): Promise<void> {
  const passwordHash = await new PasswordHasher().hash(password);
  const progress = new Progress(users, 'users');
  const startedMs = performance.now();
  let last: SeedProgress = { done: 0, inserted: 0, strangers: 0 };
  try {
    for await (last of seedUsers(database, users, passwordHash)) {
      progress.show(last.done);
      if (interrupted.isSet) break;
    }
  } catch (error) {
    progress.end();
    note(`Stopped after ${last.done} of ${users}. Run the same command again to go on.`);
    throw error;
  }
  progress.end();
  const { done, inserted, strangers } = last;
  const seconds = Number(((performance.now() - startedMs) / 1000).toFixed(3));
  const rowsPerSecond = Math.round(inserted / Math.max(seconds, 0.001));
  const result = { users: done, inserted, seconds, rowsPerSecond };
  process.stdout.write(
    json ? `${JSON.stringify(result)}\n` : `${inserted} inserted, ${done - inserted} were there\n`,
  );
  note(`${seconds} s, ${rowsPerSecond} users/s`);
  if (strangers > 0)
    note(`${strangers} of the addresses belong to users that were not seeded; left as they are.`);
  if (done < users) {
    note(`Interrupted after ${done} of ${users}. Run the same command again to go on.`);
    process.exitCode = EXIT_INTERRUPTED;
    return;
  }
  if (inserted > 0)
    note(
      passwordStdin
        ? 'Those inserted have the password that was given.'
        : 'Nobody knows the password of those inserted; --password-stdin would give them one.',
    );
  if (!(await database.client.user.findFirst({ where: { role: 'admin' }, select: { id: true } })))
    note('There is no admin, and who signs up now is none. Run: npm run admin -- create');
}

/** The first one ends after the batch at hand, the second at once: a batch is there whole or not at all. */
function onInterrupt(): { isSet: boolean } {
  const interrupted = { isSet: false };
  process.on('SIGINT', () => {
    if (interrupted.isSet) process.exit(EXIT_INTERRUPTED);
    interrupted.isSet = true;
  });
  return interrupted;
}

const program = new Command('npm run db:seed --')
  .description(
    'Adds made-up users, always the same: number 1 is seed-000001@example.org. Who is already there stays as\n' +
      'he is, so that a larger number adds the rest and an interrupted run is completed by the next.',
  )
  .requiredOption('--users <number>', 'how many there shall be', userCount)
  .option('--password-stdin', 'read the password of those added from standard input; else nobody knows it')
  .option('--allow-production', 'in production mode too')
  .option('--json', 'print {"users", "inserted", "seconds", "rowsPerSecond"}')
  .addHelpText('after', '\nExit codes: 0 done, 1 refused or failed, 2 wrong usage, 130 interrupted.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(seed);

await runProgram(program);
