/** The server: read the configuration, serve, and end gracefully. */
import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './app.js';
import { banner } from './banner.js';
import { type Config, ConfigError, readConfig } from './config.js';
import { MigrationError } from './database/migrations/migrate.js';
import { databaseProblem } from './database/problems.js';
import { readEnvironment } from './environment.js';

/** In-flight answers have this long to finish after SIGTERM; platforms kill after 10-30 s. */
const SHUTDOWN_LIMIT_MS = 10_000;

/** How soon an orphan notices. */
const PARENT_WATCH_MS = 200;

const usage = `Usage: npm start
Serves the API. Settings come from the environment and .env: see .env.example and "npm run config".
Exit codes: 0 ended by SIGTERM or SIGINT, 1 failed, 2 wrong usage, 130 interrupted twice.
`;

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** npm hands SIGTERM to the shell it started us by, which dies of it without telling us. */
function endWithParent(end: () => void): NodeJS.Timeout {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) end();
  }, PARENT_WATCH_MS);
  return watch.unref();
}

/** From before the first await on: a signal may come while the database is still being opened. */
function endOnSignals(running: { app?: NestFastifyApplication }): void {
  let isEnding = false;
  const end = async (signal: NodeJS.Signals) => {
    if (isEnding) process.exit(130);
    isEnding = true;
    clearInterval(parentWatch);
    setTimeout(
      () => fail(`Not finished ${SHUTDOWN_LIMIT_MS / 1000} s after ${signal}; giving up.`),
      SHUTDOWN_LIMIT_MS,
    ).unref();
    await running.app?.close();
    process.exit(0);
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  const parentWatch = process.env.npm_lifecycle_event ? endWithParent(() => void end('SIGTERM')) : undefined;
}

async function serve(config: Config): Promise<void> {
  const running: { app?: NestFastifyApplication } = {};
  endOnSignals(running);
  const app = await createApp(config);
  running.app = app;
  await app.listen({ port: config.port, host: config.host });
  const { port } = app.getHttpServer().address() as AddressInfo;
  process.stdout.write(banner(config, port));
}

if (process.argv.length > 2) {
  const isAsked = process.argv.includes('--help');
  (isAsked ? process.stdout : process.stderr).write(usage);
  process.exit(isAsked ? 0 : 2);
}

/** What an operator can mend is said in a sentence with the setting to look at; a stack is for what nobody foresaw. */
function explain(error: unknown): string | undefined {
  if (error instanceof ConfigError || error instanceof MigrationError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `${message.replace('listen EADDRINUSE: ', '')}. Set PORT to another one.`;
  if (code === 'EADDRNOTAVAIL') return `${message}. Set HOST to an address of this machine.`;
  // The file system's refusals and SQLite's, whichever way they come.
  if (code !== undefined || databaseProblem(error))
    return `Cannot start: ${message}. Check PORT, DATA_DIR and DATABASE_URL.`;
  return undefined;
}

try {
  await serve(readConfig(readEnvironment()));
} catch (error) {
  const explanation = explain(error);
  if (explanation === undefined) throw error;
  fail(explanation);
}
