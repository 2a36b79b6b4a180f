/** The stack as osls packages it, and copies of it with slips. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkTemplate } from '../../scripts/stack/check-template.js';
import { copyStack, packageStack } from '../../scripts/stack/package-stack.js';
import { Spec } from '../../scripts/stack/spec.js';
import type { Template } from '../../scripts/stack/template.js';
import { variants } from '../../scripts/stack/variants.js';
import { makeFolder } from './app.js';

export const spec = new Spec();

/** For a whole test file: packages each named variant once, in a folder that may be written to. */
export function packagedStacks(...names: (keyof typeof variants)[]) {
  const stacks = { folder: '', templates: {} as Record<keyof typeof variants, Template> };
  let folder: Awaited<ReturnType<typeof makeFolder>>;
  beforeAll(async () => {
    folder = await makeFolder();
    stacks.folder = folder.path;
    await copyStack('.', folder.path);
    for (const name of names) stacks.templates[name] = await packageStack(folder.path, variants[name]);
  });
  afterAll(() => folder.remove());
  return stacks;
}

/** What the check says of a copy that has `value` at `path` (undefined: has nothing there). */
function complaintsWith(right: Template, path: string, value: unknown): string[] {
  const template = structuredClone(right);
  const keys = path.split('/');
  const last = keys.pop() as string;
  let place: Record<string, unknown> = template;
  for (const key of keys) place = place[key] as Record<string, unknown>;
  if (value === undefined) delete place[last];
  else place[last] = value;
  return checkTemplate(template, spec);
}

/** Tests, each of a slip: what it is, where, the value there (undefined: nothing), and what has to be said of it, once. */
export function plantedSlips(right: () => Template, slips: [string, string, unknown, string][]): void {
  describe('a planted slip', () => {
    test.each(slips)('is reported: %s', (_what, path, value, complaint) => {
      const complaints = complaintsWith(right(), path, value);
      expect(
        complaints.filter((line) => line.includes(complaint)),
        complaints.join('\n'),
      ).toHaveLength(1);
    });
  });
}
