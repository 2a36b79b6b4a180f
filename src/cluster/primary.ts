/** The process that an operator starts and signals. It serves nobody: it looks after the workers, and loads little. */
import { banner } from '../banner.js';
import { type Config, ConfigError, readConfig } from '../config.js';
import { endOnSignals, fail } from '../end-on-signals.js';
import { readEnvironmentAnew } from '../environment.js';
import { logLine } from '../log-line.js';
import { Crew, type Settings } from './crew.js';

/** @param config as it is at the start; its address holds until the end, for the socket is opened once */
export async function superviseWorkers(config: Config): Promise<void> {
  const address = { PORT: `${config.port}`, HOST: config.host };
  const crew = new Crew({ config, environment: { ...readEnvironmentAnew(), ...address } });

  const reload = async () => {
    const settings = settingsAnew(config);
    if (!settings) return;
    const { config: anew, environment } = settings;
    for (const warning of anew.warnings) logLine(anew.logLevel, 'warn', warning);
    if (anew.port !== config.port || anew.host !== config.host)
      logLine(anew.logLevel, 'warn', 'PORT and HOST stay as they were: they need a new start');
    await crew.replaceAll({ config: anew, environment: { ...environment, ...address } });
  };
  const reloads = oneAtATime(reload);
  // First, or a signal that comes with the first worker would leave that one alone.
  endOnSignals({
    end: () => crew.stop(),
    cut: () => crew.kill(),
    reload: () => void started.then(reloads),
  });
  const started = crew.start();
  const start = await started;
  if ('port' in start) process.stdout.write(banner(config, start.port));
  // Whoever could not say why has left a stack.
  else if (start.reason !== undefined) fail(start.reason);
  else if (!crew.isEnding) process.exit(1);
}

/** What .env and the environment hold now; undefined, and a line in the log, where that cannot be used. */
function settingsAnew({ logLevel, mode }: Config): Settings | undefined {
  try {
    const environment = readEnvironmentAnew();
    const anew = readConfig(environment);
    // A .env that is missing for a moment must not open in production what development has open.
    if (anew.mode !== mode)
      throw new ConfigError([`NODE_ENV: ${mode} does not become ${anew.mode} without a new start`]);
    return { config: anew, environment };
  } catch (error) {
    // Also a file that cannot be read at the moment: those who serve must not end with it.
    const reason = error instanceof ConfigError ? error.lines.join('; ') : (error as Error).message;
    logLine(logLevel, 'error', 'Restart given up, the old workers go on', { reason });
    return undefined;
  }
}

/** However often it is asked for while it runs, it runs once more. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let isRunning = false;
  let isAskedAgain = false;
  return async () => {
    isAskedAgain = true;
    if (isRunning) return;
    isRunning = true;
    try {
      while (isAskedAgain) {
        isAskedAgain = false;
        await work();
      }
    } finally {
      isRunning = false;
    }
  };
}
