import { createWriteStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** The same files make the same zip: the oldest time a zip can say, and names in order. */
const options = { mtime: new Date(1980, 0, 1), mode: 0o100644, compressionLevel: 9 };

/** Files of `folder` and below, packed into `path`. */
export async function zipFolder(folder: string, path: string): Promise<void> {
  const zip = new ZipFile();
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) zip.addFile(file, file.slice(folder.length + 1).replaceAll('\\', '/'), options);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}
