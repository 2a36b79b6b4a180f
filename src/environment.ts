/** The process's environment, completed from a file `.env` in the current folder where there is one. */
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError, type Environment } from './config.js';

const FILE = '.env';
/** As it was before the file was read into it. */
const given = { ...process.env };

/**
 * Variables that are set win over the file's.
 * @throws ConfigError where there is a file that cannot be read
 */
export function readEnvironment(): Environment {
  Object.assign(process.env, { ...readFile(), ...process.env });
  return process.env;
}

/**
 * As a process that starts now would read it. What this one had from the file, and is there no more, is undefined.
 * @throws ConfigError where there is a file that cannot be read
 */
export function readEnvironmentAnew(): Environment {
  const gone = Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]));
  return { ...gone, ...readFile(), ...given };
}

function readFile(): Environment {
  try {
    return existsSync(FILE) ? parseEnv(readFileSync(FILE, 'utf8')) : {};
  } catch (error) {
    throw new ConfigError([`${FILE}: cannot be read (${(error as NodeJS.ErrnoException).code})`]);
  }
}
