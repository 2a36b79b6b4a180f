import type { DatabaseUrl } from '../../database-url.js';
import type { MigrationSession } from './migration-session.js';

/** Longer than a distant server takes, shorter than an orchestrator's patience with a start. */
const MAX_CONNECT_MS = 10_000;
/** However short the wait for another's lock may be. */
const MIN_CONNECT_MS = 1_000;

/** Loads one engine's driver, not all; connects to nothing. @returns what opens a session */
export async function sessionOpener(
  url: DatabaseUrl,
): Promise<(waitMs: number) => Promise<MigrationSession>> {
  switch (url.engine) {
    case 'sqlite': {
      const { SqliteSession } = await import('./sqlite-session.js');
      return async (waitMs) => new SqliteSession(url, waitMs);
    }
    case 'postgresql': {
      const { PostgresqlSession } = await import('./postgresql-session.js');
      return (waitMs) => PostgresqlSession.open(url, connectMs(waitMs), waitMs);
    }
    case 'mysql': {
      const { MysqlSession } = await import('./mysql-session.js');
      return (waitMs) => MysqlSession.open(url, connectMs(waitMs), waitMs);
    }
  }
}

const connectMs = (waitMs: number): number => Math.min(Math.max(waitMs, MIN_CONNECT_MS), MAX_CONNECT_MS);
