/** `npm run admin`: makes, lists and demotes admins, on the machine that holds the configuration. */
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { PasswordHasher } from '../auth/password-hasher.js';
import type { Principal } from '../auth/principal.js';
import { RecentPrincipals } from '../auth/recent-principals.js';
import { Sessions } from '../auth/sessions.js';
import { readConfig } from '../config.js';
import { Database } from '../database/database.js';
import { migrate } from '../database/migrations/migrate.js';
import { emailKey, emailSchema } from '../email.js';
import { readEnvironment } from '../environment.js';
import { newUserSchema } from '../users/users.schema.js';
import { UsersService } from '../users/users.service.js';
import { Refusal, runProgram } from './run-program.js';

/** Whoever can read the configuration may do what an admin may. */
const operator: Principal = { userId: 'operator', role: 'admin' };

async function withDatabase(work: (database: Database, users: UsersService) => Promise<void>): Promise<void> {
  const config = readConfig(readEnvironment());
  if (config.migrateOnStart) await migrate(config.database.url);
  const database = await Database.open(config.database);
  try {
    if ((await database.pendingMigrations()).length > 0)
      throw new Refusal('The database is not up to date. Run: npm run db:migrate');
    const [hasher, sessions, recent] = [new PasswordHasher(), new Sessions(database), new RecentPrincipals()];
    await work(database, new UsersService(database, hasher, sessions, recent));
  } finally {
    await database.close();
  }
}

async function create(
  email: string,
  { name, passwordStdin }: { name: string; passwordStdin?: true },
): Promise<void> {
  const password = passwordStdin
    ? (await text(process.stdin)).replace(/\r?\n$/, '')
    : randomBytes(18).toString('base64url');
  const parsed = newUserSchema.safeParse({ email, name, password });
  if (!parsed.success)
    throw new Refusal(
      parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'),
    );
  await withDatabase(async (_database, users) => {
    const user = await users.create(parsed.data, 'admin');
    process.stdout.write(`${user.id} ${user.email}\n`);
    // Once, and only when we made it up: it is kept nowhere else.
    if (!passwordStdin) process.stdout.write(`password: ${password}\n`);
  });
}

async function list({ json }: { json?: true }): Promise<void> {
  await withDatabase(async ({ client }) => {
    const admins = await client.user.findMany({
      where: { role: 'admin' },
      orderBy: { email: 'asc' },
      select: { id: true, email: true, name: true },
    });
    if (json) process.stdout.write(`${JSON.stringify(admins, null, 2)}\n`);
    else for (const { id, email, name } of admins) process.stdout.write(`${id} ${email} ${name}\n`);
  });
}

async function demote(given: string): Promise<void> {
  const email = emailSchema.safeParse(given);
  if (!email.success) throw new Refusal(`email: ${email.error.issues[0]?.message}`);
  await withDatabase(async ({ client }, users) => {
    const user = await client.user.findFirst({
      where: { emailKey: emailKey(email.data) },
    });
    if (user?.role !== 'admin') throw new Refusal(`${email.data} is no admin.`);
    await users.update(user.id, { role: 'user' }, operator, undefined);
    process.stdout.write(`${user.id} ${user.email} is an ordinary user now\n`);
  });
}

const program = new Command('npm run admin --')
  .description('Makes, lists and demotes admins. Exit codes: 0 done, 1 refused or failed, 2 wrong usage.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
program
  .command('create <email>')
  .description('makes an admin; without --password-stdin a password is made up and printed once')
  .requiredOption('--name <name>', 'name to show')
  .option('--password-stdin', 'read the password from standard input')
  .action(create);
program.command('list').description('lists all admins').option('--json', 'as JSON').action(list);
program
  .command('demote <email>')
  .description('makes an admin an ordinary user; the last one stays')
  .action(demote);

await runProgram(program);
