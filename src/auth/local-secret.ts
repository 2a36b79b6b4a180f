/** Development's own secret: made at the first start, kept beside the data, readable by its owner only. */
import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../config.js';
import { makePrivateFolder } from '../private-folder.js';

/** The secret in `dataDir`, made if there is none. Two processes starting at once get the same one. */
export async function localSecret(dataDir: string): Promise<string> {
  const file = join(dataDir, 'secret');
  makePrivateFolder(dataDir);
  try {
    return await readSecret(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  // A hard link either makes the whole file visible under its name or fails: nobody reads half a secret.
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return readSecret(file);
}

async function readSecret(file: string): Promise<string> {
  const secret = (await readFile(file, 'utf8')).trim();
  if (secret.length < 32)
    throw new ConfigError([`${file}: holds no usable secret; remove it and start again`]);
  return secret;
}
