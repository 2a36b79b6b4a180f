/** `npm run stack:check`: packages every form of the stack and checks each word of it against AWS's own description. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { checkTemplate } from './stack/check-template.js';
import { copyStack, packageStack } from './stack/package-stack.js';
import { Spec } from './stack/spec.js';
import type { Template } from './stack/template.js';
import { variants } from './stack/variants.js';
import { flags } from './usage.js';

flags(
  'Usage: npm run stack:check\nPackages serverless.yml for every stage and network, and checks the templates. Needs no zips, no network and no account.\nExit codes: 0 nothing is wrong, 1 something is, 2 wrong usage.',
);

const root = fileURLToPath(new URL('..', import.meta.url));
/** A stack of its own, deployed by hand. */
const GITHUB_ROLE = 'deploy/github-role.yml';

const spec = new Spec();

function report(name: string, template: Template): void {
  const complaints = checkTemplate(template, spec);
  for (const complaint of complaints) process.stderr.write(`${name}: ${complaint}\n`);
  if (complaints.length > 0) process.exitCode = 1;
  else process.stdout.write(`${name}: ${Object.keys(template.Resources).length} resources, nothing wrong\n`);
}

const folder = await mkdtemp(join(tmpdir(), 'farebox-stack-'));
try {
  await copyStack(root, folder);
  for (const [name, variant] of Object.entries(variants)) report(name, await packageStack(folder, variant));
  report(GITHUB_ROLE, parse(await readFile(join(root, GITHUB_ROLE), 'utf8')));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
