import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Of this project. */
const modules = fileURLToPath(new URL('../node_modules', import.meta.url));
/** A program each, which is asked once: asking takes a start of Node.js. */
const answers = new Map<string, Promise<string>>();

/**
 * Zips are made for a Node.js that has argon2 (24.7 or later) and leave out the package that older ones need.
 * @param node the program that runs the function
 * @returns where such an older one finds it, as NODE_PATH; undefined for the others
 * @throws Error when that is no Node.js
 */
export async function lentPackages(node: string): Promise<string | undefined> {
  const answer = answers.get(node) ?? typeOfArgon2(node);
  answers.set(node, answer);
  return (await answer) === 'function' ? undefined : modules;
}

async function typeOfArgon2(node: string): Promise<string> {
  const asked = await promisify(execFile)(node, ['-p', 'typeof crypto.argon2']).catch(() => undefined);
  const type = asked?.stdout.trim();
  if (type === 'function' || type === 'undefined') return type;
  throw new Error(`There is no Node.js at ${node}.`);
}
