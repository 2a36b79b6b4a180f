import { type Finding, fail, ok, warn } from './finding.js';

interface Room {
  /** Connections that this user may have to this database at the same time, all instances together. */
  available: number;
  /** How that figure comes about, in the server's own words. */
  because: string;
  /** What to raise for more. */
  raise: string;
}

/** For a migration, a command such as this one, and a person who looks. */
const SPARE = 3;

/** Instances x DATABASE_POOL_MAX, against what the server gives. */
export function checkConnections(room: Room, instances: number, poolMax: number): Finding {
  const { available, because, raise } = room;
  const needed = instances * poolMax;
  const fitting = Math.floor(available / poolMax);
  const arithmetic = `${instances} × DATABASE_POOL_MAX ${poolMax} = ${needed} of ${available} connections (${because})`;
  const most = `The largest number of instances that fits is ${fitting}.`;
  if (needed > available) {
    const smaller = Math.floor(available / instances);
    const lower = smaller >= 1 ? `Set DATABASE_POOL_MAX to at most ${smaller}` : 'Run fewer instances';
    return fail('connections', arithmetic, `${lower}, or raise ${raise} by ${needed - available}. ${most}`);
  }
  if (available - needed < SPARE)
    return warn(
      'connections',
      arithmetic,
      `Leave ${SPARE} for migrations, commands and people: lower DATABASE_POOL_MAX or raise ${raise}. ${most}`,
    );
  return ok('connections', `${arithmetic}; the largest number of instances that fits is ${fitting}`);
}
