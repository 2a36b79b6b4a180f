import type { INestApplicationContext } from '@nestjs/common';
import { Database } from '#dist/database/database.js';
import { userRow } from './temporary-database.js';

/** In one statement. */
const BATCH = 500;

/** Users that would take long to sign up; what `fields` gives of each counts, the rest follows from its number. */
export async function addUsers(
  app: INestApplicationContext,
  count: number,
  fields: (index: number) => object = () => ({}),
): Promise<void> {
  const { client } = app.get(Database, { strict: false });
  const rows = Array.from({ length: count }, (_, index) => userRow(`many-${index}`, fields(index)));
  for (let begin = 0; begin < count; begin += BATCH)
    await client.user.createMany({ data: rows.slice(begin, begin + BATCH) });
}

export async function removeAdded(app: INestApplicationContext): Promise<void> {
  const { client } = app.get(Database, { strict: false });
  await client.user.deleteMany({ where: { id: { startsWith: 'many-' } } });
}
