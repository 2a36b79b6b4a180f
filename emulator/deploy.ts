import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newerSource } from '../scripts/bundle/newer-source.js';
import { Refusal } from '../src/cli/run-program.js';
import type { Architecture } from '../src/cost/lambda-lines.js';
import type { DeployedFunction } from './deployed-function.js';
import { readStack } from './read-stack.js';
import { unzip } from './unzip.js';

export interface Deployment {
  fn: DeployedFunction;
  architecture: Architecture;
  /** Whether some service hands it HTTP requests; else it is invoked. */
  isHttp: boolean;
  /** Whether its Function URL hands on what it streams. */
  isStreaming: boolean;
  /** Says that the zip is not what the sources are now, where that is so. */
  warning: string | undefined;
  /** Takes away what was unpacked. */
  remove(): void;
}

/**
 * Unpacks a function's zip of this folder into a temporary one, to run as serverless.yml says.
 * @param environment the variables that the stack would set
 * @param node the Node.js that runs it; this one without it
 * @throws Refusal
 */
export function deploy(name: string, environment: Record<string, string>, node?: string): Deployment {
  const { architecture, isHttp, isStreaming, ...stack } = readStack(name);
  const zip = join('bundle', `${name}.zip`);
  if (!existsSync(zip)) throw new Refusal(`There is no ${zip}. Run: npm run bundle`);
  const taskRoot = mkdtempSync(join(tmpdir(), 'farebox-lambda-'));
  const remove = () => rmSync(taskRoot, { recursive: true, force: true, maxRetries: 3 });
  // However this ends: a second Ctrl-C waits for nothing.
  process.once('exit', remove);
  try {
    unzip(zip, taskRoot);
  } catch (error) {
    remove();
    throw new Refusal((error as Error).message);
  }
  const newer = newerSource('.', statSync(zip).mtimeMs);
  const warning = newer && `${zip} is older than ${newer}. To run what is there now: npm run bundle`;
  const fn = { name, taskRoot, environment, node, ...stack };
  return { fn, architecture, isHttp, isStreaming, warning, remove };
}
