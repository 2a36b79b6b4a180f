import { spawnSync } from 'node:child_process';

/**
 * The first Python here that can run `program`, or undefined. PYTHON names another.
 * @param program prints the versions of all that it imports
 */
export function findPython(program: string): { python: string; product: string } | undefined {
  for (const python of [process.env.PYTHON, '/usr/bin/python3', 'python3']) {
    if (python === undefined) continue;
    const { status, stdout } = spawnSync(python, ['-c', program], { encoding: 'utf8' });
    if (status === 0) return { python, product: stdout.trim() };
  }
  return undefined;
}
