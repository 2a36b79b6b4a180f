/** Secrets that stand out wherever they turn up, however they are written. */
import { randomBytes } from 'node:crypto';

/** Every way that text is commonly written; base64 at each of the three places that it may begin at. */
function spellingsOf(secret: string): Set<string> {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].flatMap((shift) =>
    (['base64', 'base64url'] as const).map((encoding) => {
      const text = Buffer.concat([Buffer.alloc(shift), bytes])
        .toString(encoding)
        .replace(/=+$/, '');
      // Its first and last letters depend on the neighbours.
      return text.slice(shift === 0 ? 0 : 4, -2);
    }),
  );
  return new Set([
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    [...bytes]
      .reverse()
      .map((byte) => String.fromCharCode(byte))
      .join(''),
    ...base64,
  ]);
}

export class Plants {
  readonly #values = new Map<string, string>();
  readonly #spellings = new Map<string, Set<string>>();

  /** @param kind what it is a secret of; each call makes another one. @returns 48 letters and digits, or more with `prefix` */
  make(kind: string, prefix = ''): string {
    return this.add(kind, `${prefix}planted${randomBytes(20).toString('hex')}`);
  }

  /** A secret that the server made. */
  add(kind: string, secret: string): string {
    if (secret.length < 16)
      throw new Error(`A ${kind} of ${secret.length} letters would be found by chance.`);
    const name = this.#values.has(kind) ? `${kind} ${this.#values.size}` : kind;
    this.#values.set(name, secret);
    this.#spellings.set(name, spellingsOf(secret));
    return secret;
  }

  value(kind: string): string {
    const secret = this.#values.get(kind);
    if (secret === undefined) throw new Error(`No ${kind} was planted.`);
    return secret;
  }

  get count(): number {
    return this.#values.size;
  }

  /** Names of those that `text` holds in any spelling. */
  foundIn(text: string): string[] {
    return [...this.#spellings].flatMap(([name, spellings]) =>
      [...spellings].some((spelling) => text.includes(spelling)) ? [name] : [],
    );
  }
}
