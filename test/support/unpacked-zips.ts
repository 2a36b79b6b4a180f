import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { DeployedFunction } from '../../emulator/deployed-function.js';
import { unzip } from '../../emulator/unzip.js';
import { secrets } from './app.js';

interface Zip {
  /** Where the zips are. */
  folder: string;
  name: 'api' | 'stream' | 'migrate';
}

/** For a whole test file. @returns what unpacks a zip into a folder of its own, to be changed as a test likes */
export function unpackedZips() {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return ({ folder, name }: Zip, environment: Record<string, string>): DeployedFunction => {
    const taskRoot = mkdtempSync(join(tmpdir(), 'farebox-function-'));
    folders.push(taskRoot);
    unzip(join(folder, `${name}.zip`), taskRoot);
    return {
      name,
      taskRoot,
      handler: 'index.handler',
      memoryMb: 1024,
      timeoutMs: 20_000,
      environment: {
        SECRETS: secrets[0],
        SIGNUP: 'open',
        DATABASE_POOL_MAX: '1',
        UNSAFE_RATE_LIMIT_OFF: '1',
        ...environment,
      },
    };
  };
}
