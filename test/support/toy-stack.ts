import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { ZipFile } from 'yazl';

/** Goes with the test. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'farebox-stack-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** A zip with these files. */
async function zipOf(files: Record<string, string>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, text] of Object.entries(files)) zip.addBuffer(Buffer.from(text), name);
  zip.end();
  return buffer(zip.outputStream);
}

/** A folder with serverless.yml and in bundle/ a zip for each function, whose index.mjs it is. */
export async function toyStack(yaml: string, functions: Record<string, string>): Promise<string> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'bundle'));
  writeFileSync(join(folder, 'serverless.yml'), yaml);
  for (const [name, code] of Object.entries(functions))
    writeFileSync(join(folder, 'bundle', `${name}.zip`), await zipOf({ 'index.mjs': code }));
  return folder;
}
