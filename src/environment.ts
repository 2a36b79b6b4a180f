/** The process's environment, completed from a file `.env` in the current folder where there is one. */
import { existsSync } from 'node:fs';
import type { Environment } from './config.js';

/** Variables that are set win over the file's. */
export function readEnvironment(): Environment {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
}
