import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder of its own with `code` as index.mjs, and room for the files that the function reads. Goes with the test. */
export function functionFolder(code: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'farebox-function-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  writeFileSync(join(folder, 'index.mjs'), code);
  return folder;
}
