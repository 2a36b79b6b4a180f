import type { DatabaseOptions } from '../database.js';

/** What a server is measured against. */
export interface ServerQuestion extends Pick<DatabaseOptions, 'poolMax' | 'idleMs'> {
  instances: number;
  /** For connecting, and again for all questions. */
  limitMs: number;
}
