/**
 * Counts in windows of time, which all processes share. Each is one row; adding to it is one statement of the engine's
 * own, since Prisma's upsert reads before it writes on MySQL, and two at once would both begin a window. What time it is
 * says the database: the clocks of the processes may differ.
 */
import { join, raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import type { Engine } from '../database-url.js';
import type { Database, TransactionClient } from './database.js';
import { tableName } from './table-name.js';

/** A count after something was added to it. */
export interface RateCounted {
  readonly points: number;
  /** Milliseconds left of its window. */
  readonly leftMs: number;
  /** Which window it is: when it ends, by the database's clock. */
  readonly endsAtMs: number;
}

/** The same within a statement, on each engine. */
const nowMs = {
  postgresql: raw('CAST(extract(epoch FROM statement_timestamp()) * 1000 AS bigint)'),
  mysql: raw('CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)'),
  sqlite: raw("CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"),
} satisfies Record<Engine, Sql>;

/** More than are begun between two sweeps; few enough that nobody notices. */
const MAX_SWEPT = 500;

/**
 * Begins a window where there is none or the last is over; else adds to it.
 * @param points at least 1
 * @param mostPoints the count stops there: what is refused anyway need not be added for ever
 */
export function addToRateCount(
  database: Database,
  count: { key: string; points: number; mostPoints: number; windowMs: number },
): Promise<RateCounted> {
  return database.engine === 'mysql' ? addOnMysql(database, count) : addReturning(database, count);
}

type Row = Record<'points' | 'leftMs' | 'endsAtMs', number | bigint | string>;
type Count = Parameters<typeof addToRateCount>[1];

async function addReturning(
  { engine, client }: Database,
  { key, points, mostPoints, windowMs }: Count,
): Promise<RateCounted> {
  const now = nowMs[engine];
  const isOver = sql`count."endsAtMs" <= ${now}`;
  const least = raw(engine === 'postgresql' ? 'least' : 'min');
  const [row] = await client.$queryRaw<Row[]>`
    INSERT INTO ${tableName(engine, 'RateCount')} AS count ("key", "points", "endsAtMs")
    VALUES (${key}, CAST(${points} AS integer), ${now} + CAST(${windowMs} AS integer))
    ON CONFLICT ("key") DO UPDATE SET
      "points" = CASE WHEN ${isOver} THEN excluded."points" ELSE ${least}(count."points" + excluded."points", CAST(${mostPoints} AS integer)) END,
      "endsAtMs" = CASE WHEN ${isOver} THEN excluded."endsAtMs" ELSE count."endsAtMs" END
    RETURNING "points", "endsAtMs", "endsAtMs" - ${now} AS "leftMs"`;
  return counted(row, windowMs);
}

/** MySQL returns nothing of an INSERT: the row stays locked until it is read. It assigns in order, so `points` first. */
function addOnMysql(database: Database, { key, points, mostPoints, windowMs }: Count): Promise<RateCounted> {
  const now = nowMs.mysql;
  return database.transaction(async (tx: TransactionClient) => {
    await tx.$executeRaw`
      INSERT INTO "RateCount" ("key", "points", "endsAtMs") VALUES (${key}, ${points}, ${now} + ${windowMs})
      ON DUPLICATE KEY UPDATE
        "points" = IF("endsAtMs" <= ${now}, ${points}, LEAST("points" + ${points}, ${mostPoints})),
        "endsAtMs" = IF("endsAtMs" <= ${now}, ${now} + ${windowMs}, "endsAtMs")`;
    const [row] = await tx.$queryRaw<Row[]>`
      SELECT "points", "endsAtMs", "endsAtMs" - ${now} AS "leftMs" FROM "RateCount" WHERE "key" = ${key}`;
    return counted(row, windowMs);
  });
}

function counted(row: Row | undefined, windowMs: number): RateCounted {
  if (!row) throw new Error('a rate count was written and is not there');
  return {
    points: Number(row.points),
    endsAtMs: Number(row.endsAtMs),
    // It may have ended since; and who waited for the row asks by the time at which it began to wait.
    leftMs: Math.min(windowMs, Math.max(1, Number(row.leftMs))),
  };
}

/**
 * Takes one point back, unless its window is over: another one owes it nothing. A window in which nothing is left is over
 * too: it would tell whoever begins the next one that somebody was here.
 * @param most what the count stands for where it is beyond: those who were denied are none to keep
 */
export async function takeFromRateCount(
  { client, engine }: Database,
  { key, endsAtMs, most }: { key: string; endsAtMs: number; most: number },
): Promise<void> {
  // MySQL assigns in order: `endsAtMs` by the old `points`.
  await client.$executeRaw`
    UPDATE ${tableName(engine, 'RateCount')} SET
      "endsAtMs" = CASE WHEN "points" <= 1 THEN 0 ELSE "endsAtMs" END,
      "points" = CASE WHEN "points" > ${most} THEN ${most - 1} ELSE "points" - 1 END
    WHERE "key" = ${key} AND "endsAtMs" = ${endsAtMs} AND "points" > 0`;
}

/** Removes some of the counts whose windows are over. Two may sweep at once. */
export async function sweepRateCounts({ client, engine }: Database): Promise<void> {
  const table = tableName(engine, 'RateCount');
  const isOver = sql`"endsAtMs" <= ${nowMs[engine]}`;
  const over = await client.$queryRaw<{ key: string }[]>`
    SELECT "key" FROM ${table} WHERE ${isOver} ORDER BY "endsAtMs" LIMIT ${MAX_SWEPT}`;
  if (over.length === 0) return;
  // In one order, so that two wait for each other instead of locking each other out.
  const keys = over.map(({ key }) => key).sort();
  await client.$executeRaw`DELETE FROM ${table} WHERE "key" IN (${join(keys)}) AND ${isOver}`;
}
