/** `npm run stack:check`: packages every form of the stack and checks each word of it against AWS's own description. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkTemplate } from './stack/check-template.js';
import { copyStack, packageStack } from './stack/package-stack.js';
import { Spec } from './stack/spec.js';
import { variants } from './stack/variants.js';
import { flags } from './usage.js';

flags(
  'Usage: npm run stack:check\nPackages serverless.yml for every stage and network, and checks the templates. Needs no zips, no network and no account.\nExit codes: 0 nothing is wrong, 1 something is, 2 wrong usage.',
);

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'farebox-stack-'));
try {
  await copyStack(root, folder);
  const spec = new Spec();
  for (const [name, variant] of Object.entries(variants)) {
    const template = await packageStack(folder, variant);
    const complaints = checkTemplate(template, spec);
    for (const complaint of complaints) process.stderr.write(`${name}: ${complaint}\n`);
    if (complaints.length > 0) process.exitCode = 1;
    else
      process.stdout.write(`${name}: ${Object.keys(template.Resources).length} resources, nothing wrong\n`);
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
