/** `npm run config`: the effective configuration, where each value comes from, secrets masked. */
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import {
  ConfigError,
  type Environment,
  isFunction,
  type Mode,
  modeOf,
  readConfig,
  settings,
} from '../config.js';
import { readEnvironment } from '../environment.js';

interface Row {
  name: string;
  value: string | null;
  origin: 'environment' | '.env' | 'default' | 'DATA_DIR' | 'none';
}

const masked = '********';

/** What development makes of a setting that nobody gave. */
function effective(name: string, env: Environment, mode: Mode): Row {
  const dataDir = resolve(env.DATA_DIR || (settings.DATA_DIR.default(mode, false) ?? ''));
  if (mode === 'development' && name === 'DATABASE_URL')
    return { name, value: `file:${join(dataDir, 'farebox.db')}`, origin: 'DATA_DIR' };
  if (mode === 'development' && name === 'SECRETS') return { name, value: masked, origin: 'DATA_DIR' };
  return { name, value: null, origin: 'none' };
}

function rows(given: Environment, env: Environment): Row[] {
  const mode = modeOf(env);
  return Object.entries(settings).map(([name, setting]) => {
    const value = env[name] || setting.default(mode, isFunction(env));
    if (value === undefined) return effective(name, env, mode);
    const origin = given[name] ? 'environment' : env[name] ? '.env' : 'default';
    return { name, value: setting.secret && env[name] ? masked : value, origin };
  });
}

const program = new Command('npm run config --')
  .description(
    'Prints the effective configuration and where each value comes from. Exit code 1 when it cannot be used.',
  )
  .option('--json', 'as JSON')
  .action(({ json }: { json?: true }) => {
    const given = { ...process.env };
    try {
      const env = readEnvironment();
      const table = rows(given, env);
      process.stdout.write(
        json
          ? `${JSON.stringify({ mode: modeOf(env), settings: table }, null, 2)}\n`
          : `mode: ${modeOf(env)}\n${table.map(({ name, value, origin }) => `${name.padEnd(26)} ${(value ?? '-').padEnd(24)} ${origin}\n`).join('')}`,
      );
      for (const warning of readConfig(env).warnings) process.stderr.write(`warning: ${warning}\n`);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 1;
    }
  });
program.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
program.parse();
