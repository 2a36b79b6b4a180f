/**
 * Claims: rows that exist once. Whoever takes one first has it for good; whoever holds one keeps others that
 * want it waiting until the transaction ends. Prisma's upsert reads before it writes on MySQL, and two at
 * once would fail there, so each is one statement of the engine's own.
 */
import type { Database, TransactionClient } from './database.js';
import { tableName } from './table-name.js';

/** @returns whether this transaction is the first ever to take it; waits for one that is just about to */
export async function takeClaim(database: Database, tx: TransactionClient, name: string): Promise<boolean> {
  const claim = tableName(database.engine, 'Claim');
  const inserted = await (database.engine === 'mysql'
    ? tx.$executeRaw`INSERT IGNORE INTO ${claim} ("name", "uses") VALUES (${name}, 0)`
    : tx.$executeRaw`INSERT INTO ${claim} ("name", "uses") VALUES (${name}, 0) ON CONFLICT DO NOTHING`);
  return inserted === 1;
}

/** Waits until nobody else holds the claim, and holds it until the transaction ends. */
export async function holdClaim(database: Database, tx: TransactionClient, name: string): Promise<void> {
  const claim = tableName(database.engine, 'Claim');
  await (database.engine === 'mysql'
    ? tx.$executeRaw`INSERT INTO ${claim} ("name", "uses") VALUES (${name}, 0) ON DUPLICATE KEY UPDATE "uses" = "uses" + 1`
    : tx.$executeRaw`INSERT INTO ${claim} AS claim ("name", "uses") VALUES (${name}, 0) ON CONFLICT ("name") DO UPDATE SET "uses" = claim."uses" + 1`);
}
