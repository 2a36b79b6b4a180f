import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

/** Farebox as in production, on this machine and a database of its own, with no limits of rates. */
export const productionSettings = (dataDir: string): Record<string, string> => ({
  NODE_ENV: 'production',
  HOST: '127.0.0.1',
  DATABASE_URL: `file:${join(dataDir, 'farebox.db')}`,
  SECRETS: randomBytes(32).toString('base64'),
  LOG_LEVEL: 'info',
  UNSAFE_RATE_LIMIT_OFF: '1',
});
