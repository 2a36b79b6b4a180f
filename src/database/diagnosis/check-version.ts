import { type Finding, fail, ok, warn } from './finding.js';

export type Product = 'PostgreSQL' | 'MariaDB' | 'MySQL';

interface Support {
  /** What we tell the server came with this one; older ones refuse it or do without. */
  least: string;
  why: string;
  /** Series, and until when its maker mends it. Of the short-lived ones between them, none is mended any more. */
  until: readonly (readonly [string, string])[];
}

/** As of November 2026. */
const support: Record<Product, Support> = {
  // https://www.postgresql.org/support/versioning/
  PostgreSQL: {
    least: '9.6',
    why: 'idle_in_transaction_session_timeout',
    until: [
      ['14', '2026-11-12'],
      ['15', '2027-11-11'],
      ['16', '2028-11-09'],
      ['17', '2029-11-08'],
      ['18', '2030-11-14'],
    ],
  },
  // https://mariadb.org/about/#maintenance-policy
  MariaDB: {
    least: '10.3',
    why: 'idle_transaction_timeout',
    until: [
      ['10.6', '2026-07-06'],
      ['10.11', '2028-02-16'],
      ['11.4', '2029-05-29'],
      ['11.8', '2028-06-04'],
    ],
  },
  // https://www.oracle.com/us/support/library/lifetime-support-technology-069183.pdf
  MySQL: {
    least: '8.0',
    why: 'the limit on how long a statement runs (max_execution_time)',
    until: [
      ['8.0', '2026-04-30'],
      ['8.4', '2032-04-30'],
      ['9.7', '2034-04-30'],
    ],
  },
};

/** @param version as the server says it: 15.20 (Debian …), 10.11.19-MariaDB, 8.4.9 */
export function checkVersion(product: Product, version: string, today = new Date()): Finding {
  const { least, why, until } = support[product];
  const says = `${product} ${version}`;
  if (compare(version, least) < 0)
    return fail('version', says, `Use ${product} ${least} or later: older ones lack ${why}.`);
  const newest = until.at(-1)?.[0] as string;
  const [series, lastDay] = until.find(([name]) => isOf(version, name)) ?? [];
  if (lastDay === undefined && compare(version, newest) > 0) return ok('version', says);
  if (lastDay !== undefined && new Date(`${lastDay}T23:59:59Z`) >= today) return ok('version', says);
  return warn(
    'version',
    `${says}, ${lastDay === undefined ? 'a series that' : `of series ${series}, which`} its maker no longer mends${lastDay === undefined ? '' : ` (the last day was ${lastDay})`}`,
    `Move to a supported series, such as ${product} ${newestSupported(until, today)}.`,
  );
}

function newestSupported(until: Support['until'], today: Date): string {
  return until.filter(([, lastDay]) => new Date(lastDay) >= today).at(-1)?.[0] ?? 'the newest';
}

const numbers = (version: string): number[] => (/^[\d.]+/.exec(version)?.[0] ?? '').split('.').map(Number);

const isOf = (version: string, series: string): boolean =>
  numbers(series).every((number, at) => numbers(version)[at] === number);

function compare(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  const at = right.findIndex((number, index) => (left[index] ?? 0) !== number);
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] as number);
}
