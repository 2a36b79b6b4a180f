/** The `Link` field (RFC 8288, 3): which URL is `rel=next`. */

const spaces = /[ \t]*/y;
const target = /<([^<>"\s]*)>/y;
const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const quoted = /"((?:[^"\\]|\\.)*)"/y;

/** Thrown where a field is no `Link` field: what it means by it nobody can say. */
export class LinkMalformed extends Error {
  override readonly name = 'LinkMalformed';
}

/**
 * @param field several of them joined by commas (RFC 9110, 5.3)
 * @returns the first reference whose relations have `next` among them, as it is written
 * @throws LinkMalformed
 */
export function nextLink(field: string): string | undefined {
  const reader = new FieldReader(field);
  for (;;) {
    // RFC 9110, 5.6.1.2: empty elements of a list are no harm.
    while (reader.skips(','));
    if (reader.isAtEnd) return undefined;
    const reference = reader.reads(target);
    const { relations, isOfAnother } = readParameters(reader);
    if (
      !isOfAnother &&
      relations
        .toLowerCase()
        .split(/[ \t]+/)
        .includes('next')
    )
      return reference;
    if (!reader.isAtEnd && !reader.skips(',')) throw new LinkMalformed();
  }
}

/** Of a parameter that occurs twice the first counts (RFC 8288, 3.3). An `anchor` makes it another page's link (3.2). */
function readParameters(reader: FieldReader): { relations: string; isOfAnother: boolean } {
  let relations: string | undefined;
  let isOfAnother = false;
  while (reader.skips(';')) {
    // RFC 8288, B.3: a semicolon with nothing after it is no harm either.
    if (reader.isAtEnd || reader.isBefore(/[;,]/y)) continue;
    const name = reader.reads(token).toLowerCase();
    const value = reader.skips('=') ? reader.readsValue() : '';
    if (name === 'rel') relations ??= value;
    if (name === 'anchor') isOfAnother = true;
  }
  return { relations: relations ?? '', isOfAnother };
}

/** Goes on from where it was, always; so a field is read once, however it is made. */
class FieldReader {
  #at = 0;

  constructor(private readonly field: string) {
    this.#match(spaces);
  }

  get isAtEnd(): boolean {
    return this.#at === this.field.length;
  }

  isBefore(form: RegExp): boolean {
    form.lastIndex = this.#at;
    return form.test(this.field);
  }

  skips(mark: string): boolean {
    if (this.field[this.#at] !== mark) return false;
    this.#at += 1;
    this.#match(spaces);
    return true;
  }

  /** What the form has in parentheses, or all of it. @throws LinkMalformed */
  reads(form: RegExp): string {
    const match = this.#match(form);
    if (!match) throw new LinkMalformed();
    this.#match(spaces);
    return match[1] ?? match[0];
  }

  readsValue(): string {
    return this.field[this.#at] === '"' ? this.reads(quoted).replace(/\\(.)/g, '$1') : this.reads(token);
  }

  #match(form: RegExp): RegExpExecArray | null {
    form.lastIndex = this.#at;
    const match = form.exec(this.field);
    if (match) this.#at = form.lastIndex;
    return match;
  }
}
