/** Unpacks a zip of files that are stored or deflated: what a deployment's zip holds. (APPNOTE.TXT, 4.3) */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';

const END = { signature: 0x06054b50, bytes: 22 };
const ENTRY = { signature: 0x02014b50, bytes: 46 };
const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;

/** @throws Error when it is no such zip, is damaged, or would write outside `folder` */
export function unzip(file: string, folder: string): void {
  try {
    unpack(file, folder);
  } catch (error) {
    // Of a read beyond its end.
    if (error instanceof RangeError) throw new Error(`${file} is damaged: a part of it is missing.`);
    throw error;
  }
}

function unpack(file: string, folder: string): void {
  const zip = readFileSync(file);
  const endAt = zip.lastIndexOf(Buffer.from('PK\x05\x06'));
  if (endAt < 0 || endAt + END.bytes > zip.length) throw new Error(`${file} is no zip.`);
  let at = zip.readUInt32LE(endAt + 16);
  for (let left = zip.readUInt16LE(endAt + 10); left > 0; left -= 1) {
    if (zip.readUInt32LE(at) !== ENTRY.signature) throw new Error(`${file} is damaged: no entry at ${at}.`);
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const next = at + ENTRY.bytes + (nameBytes as number);
    const name = zip.toString('utf8', at + ENTRY.bytes, next);
    if (!name.endsWith('/')) write(folder, name, contentOf(zip, at, name), zip.readUInt32LE(at + 38) >>> 16);
    at = next + (extraBytes as number) + (commentBytes as number);
  }
}

function contentOf(zip: Buffer, at: number, name: string): Buffer {
  const method = zip.readUInt16LE(at + 10);
  const packedBytes = zip.readUInt32LE(at + 20);
  const localAt = zip.readUInt32LE(at + 42);
  const from = localAt + LOCAL_BYTES + zip.readUInt16LE(localAt + 26) + zip.readUInt16LE(localAt + 28);
  const packed = zip.subarray(from, from + packedBytes);
  if (method !== STORED && method !== DEFLATED) throw new Error(`${name}: packed by method ${method}.`);
  const content = method === DEFLATED ? inflateRawSync(packed) : packed;
  if (crc32(content) !== zip.readUInt32LE(at + 16)) throw new Error(`${name} is damaged: another checksum.`);
  return content;
}

function write(folder: string, name: string, content: Buffer, mode: number): void {
  const path = join(folder, name);
  if (!path.startsWith(resolve(folder) + sep)) throw new Error(`${name} lies outside of its zip.`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { mode: mode & 0o777 || 0o644 });
}
