import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { DeployedFunction } from '../../emulator/deployed-function.js';

/** Plain Node.js, so that nothing but the function loads anything; with as much of Lambda as a function that streams asks for at its start. */
const program = `
  globalThis.awslambda = { streamifyResponse: (handler) => handler };
  import(process.argv[1] + '/index.mjs').then(() => {
    const { builtinModules } = process.getBuiltinModule('node:module');
    const loaded = process.moduleLoadList.map((entry) => entry.replace(/^NativeModule /, ''));
    process.stdout.write(JSON.stringify(builtinModules.filter((name) => !name.startsWith('_') && loaded.includes(name))));
    process.exit();
  });`;

/** Public modules of Node.js that are there when INIT is over. @throws Error with what INIT has said when it fails */
export async function loadedAtStart({ taskRoot, environment }: DeployedFunction): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program, taskRoot], {
    env: { AWS_LAMBDA_FUNCTION_NAME: 'api', LOG_LEVEL: 'silent', ...environment },
  });
  return JSON.parse(stdout).sort();
}
