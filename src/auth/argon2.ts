/**
 * argon2id hashes in PHC form (`$argon2id$v=19$m=...`). Node.js has it from 24.7 on, before that a native package does:
 * one form and one result, so that a database outlives a change of Node.
 */
import * as crypto from 'node:crypto';
import { promisify } from 'node:util';

/** OWASP Password Storage Cheat Sheet (2025): argon2id with 19 MiB, two passes, one lane. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 };
/** Of a hash that is read: a damaged row must not take all memory, or all day. */
const [MAX_MEMORY, MAX_PASSES] = [1024 * 1024, 100];
const SALT_BYTES = 16;
const TAG_BYTES = 32;

interface Argon2Options {
  message: string | Buffer;
  nonce: Buffer;
  memory: number;
  passes: number;
  parallelism: number;
  tagLength: number;
}
type Argon2 = (
  algorithm: 'argon2id',
  options: Argon2Options,
  done: (error: Error | null, tag: Buffer) => void,
) => void;

/** Not in the types of the oldest Node.js supported. */
const { argon2 } = crypto as unknown as { argon2?: Argon2 };
const argon2id = argon2 && promisify(argon2);

const encode = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
const phc = (salt: Buffer, tag: Buffer): string =>
  `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${encode(salt)}$${encode(tag)}`;
const phcForm =
  /^\$argon2id\$v=19\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{16,128})$/;

/** A hash in PHC form, under a new salt. Runs on libuv's thread pool. */
export async function hash(password: string): Promise<string> {
  const salt = crypto.randomBytes(SALT_BYTES);
  if (!argon2id) {
    const native = await import('@node-rs/argon2');
    const { memory: memoryCost, passes: timeCost, parallelism } = COST;
    return native.hash(password, { algorithm: 2, memoryCost, timeCost, parallelism, salt });
  }
  return phc(
    salt,
    await argon2id('argon2id', { message: password, nonce: salt, tagLength: TAG_BYTES, ...COST }),
  );
}

/** Takes as long as the hash's own parameters say, right or wrong. @throws Error when it is no argon2id hash */
export async function verify(passwordHash: string, password: string): Promise<boolean> {
  const [, memory, passes, parallelism, salt = '', tag = ''] = phcForm.exec(passwordHash) ?? [];
  if (memory === undefined || Number(memory) > MAX_MEMORY || Number(passes) > MAX_PASSES)
    throw new Error('not an argon2id hash in PHC form that could be of ours');
  if (!argon2id) return (await import('@node-rs/argon2')).verify(passwordHash, password);
  const expected = Buffer.from(tag, 'base64');
  const found = await argon2id('argon2id', {
    message: password,
    nonce: Buffer.from(salt, 'base64'),
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: expected.length,
  });
  return crypto.timingSafeEqual(found, expected);
}

/** Nobody's hash: no password has it, and trying one takes as long as with any other. Made of chance, not of work. */
export const nobodysHash = (): string => phc(crypto.randomBytes(SALT_BYTES), crypto.randomBytes(TAG_BYTES));
