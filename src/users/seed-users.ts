import type { Database } from '../database/database.js';
import { isUniqueViolation } from '../database/is-unique-violation.js';
import { seedUser } from './seed-user.js';

/**
 * Users that are added all or none. On a server they are one INSERT of 5,500 values, of which PostgreSQL takes 65,535
 * (https://www.postgresql.org/docs/current/limits.html), and about 200 kB, well within the least max_allowed_packet
 * that servers have been shipped with (1 MB). For SQLite Prisma writes one of 90 users after the other in a transaction.
 */
const BATCH_USERS = 500;
/** Another seeding may be adding the same users: what it left out is found by looking again. */
const ATTEMPTS = 5;

type Row = ReturnType<typeof seedUser>;

/** After a batch, in users. `strangers`: addresses that users who were not seeded have. */
export interface SeedProgress {
  done: number;
  inserted: number;
  strangers: number;
}

/** Adds those of the users 1 to `count` that are not there, batch by batch, and touches nobody else. Stop iterating to stop. */
export async function* seedUsers(
  database: Database,
  count: number,
  passwordHash: string,
): AsyncGenerator<SeedProgress> {
  let [inserted, strangers] = [0, 0];
  for (let done = 0; done < count; ) {
    const length = Math.min(BATCH_USERS, count - done);
    const rows = Array.from({ length }, (_, at) => seedUser(done + at + 1, passwordHash));
    const batch = await insertMissing(database, rows);
    done += length;
    inserted += batch.inserted;
    strangers += batch.strangers;
    yield { done, inserted, strangers };
  }
}

async function insertMissing({ client }: Database, rows: Row[]) {
  for (let attempt = 1; ; attempt++) {
    const [byId, byEmail] = await Promise.all([
      client.user.findMany({ where: { id: { in: rows.map(({ id }) => id) } }, select: { id: true } }),
      client.user.findMany({
        where: { emailKey: { in: rows.map((row) => row.emailKey) } },
        select: { id: true, emailKey: true },
      }),
    ]);
    const ids = new Set(byId.map(({ id }) => id));
    const idByEmail = new Map(byEmail.map(({ id, emailKey }) => [emailKey, id]));
    const missing = rows.filter(({ id, emailKey }) => !ids.has(id) && !idByEmail.has(emailKey));
    const strangers = rows.filter(({ id, emailKey }) => !ids.has(id) && idByEmail.has(emailKey)).length;
    try {
      if (missing.length > 0) await client.user.createMany({ data: missing });
      return { inserted: missing.length, strangers };
    } catch (error) {
      if (!isUniqueViolation(error) || attempt === ATTEMPTS) throw error;
    }
  }
}
