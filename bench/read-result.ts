import { readFile } from 'node:fs/promises';
import type { Result } from './result.js';

/** As bench/results keeps it; undefined: there is none. */
export async function readResult(name: string): Promise<Result | undefined> {
  try {
    return JSON.parse(await readFile(new URL(`./results/${name}.json`, import.meta.url), 'utf8')) as Result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
