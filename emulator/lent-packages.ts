import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Of this project. */
const modules = fileURLToPath(new URL('../node_modules', import.meta.url));
const hasArgon2 = new Map<string, boolean>();

/**
 * Zips are made for a Node.js that has argon2 (24.7 or later) and leave out the package that older ones need.
 * @param node the program that runs the function
 * @returns where such an older one finds it, as NODE_PATH; undefined for the others
 */
export function lentPackages(node: string): string | undefined {
  if (!hasArgon2.has(node))
    hasArgon2.set(
      node,
      execFileSync(node, ['-p', 'typeof crypto.argon2'], { encoding: 'utf8' }) === 'function\n',
    );
  return hasArgon2.get(node) ? undefined : modules;
}
