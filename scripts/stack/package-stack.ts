/**
 * Packages serverless.yml as osls does for a deployment, in a folder of its own: with stand-ins for the zips, which the
 * template only names, and with nothing of the caller's account.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import type { Template } from './template.js';

export interface Variant {
  stage: string;
  params?: Record<string, string>;
}

const TEMPLATE = 'cloudformation-template-update-stack.json';
const osls = createRequire(import.meta.url).resolve('osls/bin/serverless.js');

/** Copies what osls reads from `root` into the empty `folder`. */
export async function copyStack(root: string, folder: string): Promise<void> {
  const file = join(folder, 'serverless.yml');
  await cp(join(root, 'serverless.yml'), file);
  await cp(join(root, 'deploy'), join(folder, 'deploy'), { recursive: true });
  await mkdir(join(folder, 'bundle'));
  // CloudFormation's tags are nothing to this parser, nor need they be.
  const { functions } = parse(await readFile(file, 'utf8'), { logLevel: 'silent' }) as {
    functions: Record<string, { package: { artifact: string } }>;
  };
  for (const { package: zip } of Object.values(functions))
    await writeFile(join(folder, zip.artifact), 'stand-in');
}

/** @returns the template; `folder` is one that `copyStack` has filled. @throws Error that says what osls says */
export async function packageStack(folder: string, { stage, params = {} }: Variant): Promise<Template> {
  const output = join(folder, `.package-${stage}-${Object.keys(params).join('-')}`);
  const given = Object.entries(params).map(([name, value]) => `--param=${name}=${value}`);
  const args = [osls, 'package', '--stage', stage, '--package', output, ...given];
  await promisify(execFile)(process.execPath, args, {
    cwd: folder,
    // What osls keeps there makes every package but the first three times as fast.
    env: { PATH: process.env.PATH, HOME: join(folder, 'home') },
  }).catch(({ stdout, stderr }) => {
    throw new Error(`osls cannot package stage ${stage}:\n${stdout}${stderr}`);
  });
  return JSON.parse(await readFile(join(output, TEMPLATE), 'utf8'));
}
