import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { DeployedFunction } from '../../emulator/deployed-function.js';
import { lentPackages } from '../../emulator/lent-packages.js';
import { nodeFlags } from '../../emulator/node-flags.js';

/** In MB (2^20), after what is garbage has been collected. */
export interface Resident {
  /** All of the process that is in memory. V8 keeps room for what is young, up to a limit that the platform sets. */
  residentMb: number;
  /** JavaScript objects: what a leak would add to. */
  heapMb: number;
}

/** What a function's own process holds after `events` events: one signs in, the others read. */
export async function residentMemory(
  { taskRoot, memoryMb, environment, node = process.execPath }: DeployedFunction,
  events: number,
): Promise<Resident> {
  const packages = await lentPackages(node);
  const { stdout } = await promisify(execFile)(
    node,
    [
      ...nodeFlags(memoryMb),
      fileURLToPath(new URL('resident-memory-program.js', import.meta.url)),
      taskRoot,
      String(events),
    ],
    {
      env: {
        ...(packages !== undefined && { NODE_PATH: packages }),
        AWS_LAMBDA_FUNCTION_NAME: 'api',
        LOG_LEVEL: 'silent',
        METRICS_EMF: 'off',
        ...environment,
      },
    },
  );
  return JSON.parse(stdout);
}
