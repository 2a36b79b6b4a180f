import { readFileSync } from 'node:fs';
import { Refusal } from '../src/cli/run-program.js';
import type { FunctionInstances } from './function-instances.js';

/**
 * Prints what the function returns for the event in `file`, for `{}` without one.
 * @returns the exit code: 1 when the function failed
 * @throws Refusal
 */
export async function invokeOnce(instances: FunctionInstances, file: string | undefined): Promise<number> {
  const { payload, functionError } = await instances.invoke(readEvent(file));
  process.stdout.write(`${payload}\n`);
  return functionError ? 1 : 0;
}

function readEvent(file: string | undefined): unknown {
  try {
    return file === undefined ? {} : JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Refusal(`--event: ${(error as Error).message}`);
  }
}
