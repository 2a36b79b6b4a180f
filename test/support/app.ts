import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '#dist/app.js';
import { type Environment, readConfig } from '#dist/config.js';

/** Two secrets nobody uses elsewhere, for tests that set `SECRETS`. */
export const secrets = ['x2Vd0fQm7LrKpT9sWnYbEhJc4GuZaR1i', 'Nq8tMz3BvXo5HkDy6CwFlPj0SgUe7RAd'] as const;

/** What production needs besides a database. */
export const production: Environment = {
  NODE_ENV: 'production',
  SECRETS: secrets[0],
  MIGRATE_ON_START: '1',
};

export async function makeFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'farebox-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

export interface OpenApp {
  readonly app: NestFastifyApplication;
  readonly databaseUrl: string;
  close(): Promise<void>;
}

/** A whole application on a database of its own; closed and removed by `close`. */
export async function openApp(environment: Environment = {}): Promise<OpenApp> {
  const folder = await makeFolder();
  const databaseUrl = `file:${join(folder.path, 'farebox.db')}`;
  const app = await createApp(
    readConfig({ DATA_DIR: folder.path, DATABASE_URL: databaseUrl, LOG_LEVEL: 'silent', ...environment }),
  );
  return {
    app,
    databaseUrl,
    close: async () => {
      await app.close();
      await folder.remove();
    },
  };
}
