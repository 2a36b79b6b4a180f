import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '#dist/app.js';
import { type Environment, readConfig } from '#dist/config.js';
import { engineUnderTest } from './engines.js';

/** Two secrets nobody uses elsewhere, for tests that set `SECRETS`. */
export const secrets = ['x2Vd0fQm7LrKpT9sWnYbEhJc4GuZaR1i', 'Nq8tMz3BvXo5HkDy6CwFlPj0SgUe7RAd'] as const;

/** What production needs besides a database. */
export const production: Environment = {
  NODE_ENV: 'production',
  SECRETS: secrets[0],
  MIGRATE_ON_START: '1',
};

/** Nothing is written, and no test is refused for another's requests or work, or for a machine that stalls: those about either say so. */
export const quiet: Environment = {
  LOG_LEVEL: 'silent',
  METRICS_EMF: 'off',
  MAX_LOOP_DELAY_MS: '0',
  LOOP_STALL_MS: '0',
  UNSAFE_RATE_LIMIT_OFF: '1',
  DATABASE_TIMEOUT_MS: '20000',
};

export async function makeFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'farebox-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

export interface Place {
  /** A folder of its own; SQLite's file is in it. */
  readonly path: string;
  /** The settings that name folder and database. */
  readonly env: { DATA_DIR: string; DATABASE_URL: string };
  remove(): Promise<void>;
}

/** Where one server, or several that share their data, may live: on the engine that this run is for. */
export async function makePlace(): Promise<Place> {
  const folder = await makeFolder();
  const database =
    engineUnderTest.engine === 'sqlite'
      ? { url: `file:${join(folder.path, 'farebox.db')}`, drop: async () => undefined }
      : await engineUnderTest.createDatabase();
  return {
    path: folder.path,
    env: { DATA_DIR: folder.path, DATABASE_URL: database.url },
    remove: async () => {
      await database.drop();
      await folder.remove();
    },
  };
}

export interface OpenApp {
  readonly app: NestFastifyApplication;
  readonly databaseUrl: string;
  close(): Promise<void>;
}

/** A whole application, on a database of its own unless it is given one; closed and removed by `close`. */
export async function openApp(environment: Environment = {}): Promise<OpenApp> {
  const place = await makePlace();
  const config = readConfig({ ...place.env, ...quiet, ...environment });
  const app = await createApp(config);
  return {
    app,
    databaseUrl: config.database.url,
    close: async () => {
      await app.close();
      await place.remove();
    },
  };
}
