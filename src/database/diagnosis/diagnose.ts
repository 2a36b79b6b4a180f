/**
 * What `npm run doctor` finds: each check a finding with a sentence on how to mend it. Nothing is changed, and
 * nothing made: an SQLite file that is missing stays so.
 */
import { parseDatabaseUrl } from '../../database-url.js';
import type { DatabaseOptions } from '../database.js';
import { errorParts } from '../error-parts.js';
import { checkMigrations } from './check-migrations.js';
import { type Finding, fail } from './finding.js';

/** A server that needs longer for a look at its settings is in trouble. */
const LIMIT_MS = 10_000;

export interface Circumstances {
  /** Processes that share the database, each with a pool of its own. */
  instances: number;
  /** Whether a start applies what is pending. */
  isMigratedOnStart: boolean;
}

/** Never throws for what is wrong with the database. */
export async function diagnose(options: DatabaseOptions, circumstances: Circumstances): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    findings.push(...(await examine(options, circumstances)));
    if (findings.some(({ state, check }) => state === 'fail' && isBlocking(check))) return findings;
    findings.push(await checkMigrations(options.url, circumstances.isMigratedOnStart));
  } catch (error) {
    findings.push(
      fail(
        'questions',
        `not all could be asked: ${reason(error)}`,
        'Try again; then look at what its log says.',
      ),
    );
  }
  return findings;
}

/** Where these fail there is nobody to ask about migrations. */
const isBlocking = (check: string): boolean =>
  ['address', 'connection', 'TLS', 'connections', 'login', 'database', 'file', 'content'].includes(check);

async function examine(options: DatabaseOptions, { instances }: Circumstances): Promise<Finding[]> {
  const url = parseDatabaseUrl(options.url);
  switch (url.engine) {
    case 'sqlite': {
      const { diagnoseSqlite } = await import('./sqlite-diagnosis.js');
      return diagnoseSqlite(url.path, instances);
    }
    case 'postgresql': {
      const { diagnosePostgresql } = await import('./postgresql-diagnosis.js');
      return diagnosePostgresql(url, { ...options, instances, limitMs: LIMIT_MS });
    }
    case 'mysql': {
      const { diagnoseMysql } = await import('./mysql-diagnosis.js');
      return diagnoseMysql(url, { ...options, instances, limitMs: LIMIT_MS });
    }
  }
}

function reason(error: unknown): string {
  const [{ sqlMessage, message } = {}] = errorParts(error) as { sqlMessage?: string; message?: string }[];
  return String(sqlMessage || message || error).split('\n')[0] as string;
}
