/** The server: one process, or as many as WEB_CONCURRENCY says and one that looks after them. */
import cluster from 'node:cluster';
import { banner } from './banner.js';
import { type Config, ConfigError, readConfig } from './config.js';
import { endOnSignals, fail } from './end-on-signals.js';
import { readEnvironment } from './environment.js';
import { logLine } from './log-line.js';
import type { Running } from './serve.js';

const usage = `Usage: npm start
Serves the API. Settings come from the environment and .env: see .env.example and "npm run config".
SIGHUP replaces the processes of WEB_CONCURRENCY=2 or more one after another, with the settings in .env as they are then.
Exit codes: 0 ended by SIGTERM or SIGINT, 1 failed, 2 wrong usage, 130 interrupted twice.
`;

async function serveAlone(config: Config): Promise<void> {
  const running: Running = {};
  endOnSignals({
    end: async () => running.app?.close(),
    reload: () =>
      logLine(config.logLevel, 'warn', 'SIGHUP has no effect on a single process (WEB_CONCURRENCY=1)'),
  });
  const { serve } = await import('./serve.js');
  process.stdout.write(banner(config, await serve(config, running)));
}

/** What a process does not need it does not load: the one that looks after the others stays small. */
async function run(): Promise<void> {
  if (cluster.isWorker) return (await import('./cluster/worker.js')).serveAsWorker();
  const config = readConfig(readEnvironment());
  if (config.workers === 1) return serveAlone(config);
  return (await import('./cluster/primary.js')).superviseWorkers(config);
}

if (process.argv.length > 2) {
  const isAsked = process.argv.includes('--help');
  (isAsked ? process.stdout : process.stderr).write(usage);
  process.exit(isAsked ? 0 : 2);
}

try {
  await run();
} catch (error) {
  if (error instanceof ConfigError) fail(error.message);
  const { explainFailure } = await import('./start-failure.js');
  const explanation = explainFailure(error);
  if (explanation === undefined) throw error;
  fail(explanation);
}
