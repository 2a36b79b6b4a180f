import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { beforeEach, expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { unzip } from '../../emulator/unzip.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'farebox-unzip-'));
  return () => rmSync(folder, { recursive: true, force: true });
});

async function write(fill: (zip: ZipFile) => void): Promise<string> {
  const zip = new ZipFile();
  fill(zip);
  zip.end();
  const file = join(folder, 'a.zip');
  writeFileSync(file, await buffer(zip.outputStream));
  return file;
}

test('a zip is unpacked as it was packed: deflated and stored, in folders, empty, with its modes', async () => {
  const text = 'fare '.repeat(10_000);
  const file = await write((zip) => {
    zip.addBuffer(Buffer.from(text), 'index.mjs');
    zip.addBuffer(Buffer.from([0, 255, 10]), 'deep/er/naïve.bin', { compress: false, mode: 0o100755 });
    zip.addBuffer(Buffer.alloc(0), 'empty');
    zip.addEmptyDirectory('folder');
  });
  unzip(file, join(folder, 'out'));
  expect(readFileSync(join(folder, 'out/index.mjs'), 'utf8')).toBe(text);
  expect([...readFileSync(join(folder, 'out/deep/er/naïve.bin'))]).toEqual([0, 255, 10]);
  expect(statSync(join(folder, 'out/deep/er/naïve.bin')).mode & 0o777).toBe(0o755);
  expect(statSync(join(folder, 'out/empty')).size).toBe(0);
});

test('what is no zip, or is damaged, is refused', async () => {
  writeFileSync(join(folder, 'text'), 'no zip at all');
  expect(() => unzip(join(folder, 'text'), folder)).toThrow('is no zip');
  const file = await write((zip) => zip.addBuffer(Buffer.from('abcdef'), 'x', { compress: false }));
  const bytes = readFileSync(file);
  bytes.write('X', bytes.indexOf('abcdef'));
  writeFileSync(file, bytes);
  expect(() => unzip(file, folder)).toThrow('x is damaged');
});

test('nothing is written outside of the folder', async () => {
  const file = await write((zip) => zip.addBuffer(Buffer.from('out'), 'xx/evil', { compress: false }));
  const bytes = readFileSync(file);
  for (let at = bytes.indexOf('xx/evil'); at >= 0; at = bytes.indexOf('xx/evil')) bytes.write('../evil', at);
  writeFileSync(file, bytes);
  expect(() => unzip(file, join(folder, 'out'))).toThrow('outside');
  expect(existsSync(join(folder, 'evil'))).toBe(false);
});
