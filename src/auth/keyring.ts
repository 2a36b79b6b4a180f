/**
 * Keys for one purpose each, derived from the configured secrets (HKDF, RFC 5869).
 * The first secret signs, all verify: that is how secrets are rotated without signing anybody out.
 */
import { createHmac, hash, hkdfSync, timingSafeEqual } from 'node:crypto';

/** HKDF `info`: a key made for one purpose is worthless for another. */
export type Purpose = 'access-token' | 'cursor' | 'idempotency';

export interface Key {
  /** Names the secret without telling anything about it. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

const KEY_BYTES = 32;
const KEY_ID_LENGTH = 8;

export class Keyring {
  constructor(private readonly secrets: readonly string[]) {
    if (secrets.length === 0) throw new Error('A keyring needs at least one secret.');
  }

  /** One key a secret, the signing one first. */
  keys(purpose: Purpose): [Key, ...Key[]] {
    return this.secrets.map((secret) => ({
      id: hash('sha256', `farebox key id ${purpose} ${secret}`, 'base64url').slice(0, KEY_ID_LENGTH),
      bytes: new Uint8Array(hkdfSync('sha256', secret, '', `farebox ${purpose}`, KEY_BYTES)),
    })) as [Key, ...Key[]];
  }

  /** A signer of short texts for one purpose; signatures are base64url. */
  signer(purpose: Purpose): Signer {
    return new Signer(this.keys(purpose));
  }
}

export class Signer {
  constructor(private readonly keys: [Key, ...Key[]]) {}

  sign(text: string): string {
    return signature(this.keys[0], text);
  }

  /** Whether any of the keys made `given`, character for character; takes the same time for every wrong one. */
  verifies(text: string, given: string): boolean {
    const bytes = Buffer.from(given);
    return this.keys.some((key) => {
      const expected = Buffer.from(signature(key, text));
      return bytes.length === expected.length && timingSafeEqual(bytes, expected);
    });
  }
}

const signature = (key: Key, text: string): string =>
  createHmac('sha256', key.bytes).update(text).digest('base64url');
