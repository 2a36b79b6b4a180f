/**
 * Whether bytes are JSON (RFC 8259), without building what they say: 4 MiB of `{},` are a million objects and a hundred
 * megabytes to JSON.parse, and nothing to this. Whether they are UTF-8 is the decoder's question.
 */

const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** What each function below returns where the bytes are no JSON. */
const NOWHERE = -1;

/** By their first byte. */
const literals = new Map(['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word)]));
const escaped = new Set(Buffer.from('"\\/bfnrt'));

export function isJson(bytes: Buffer): boolean {
  const open = new OpenEnds();
  let at = 0;
  for (;;) {
    at = skipSpace(bytes, at);
    const first = bytes[at];
    if (first === OPEN_ARRAY || first === OPEN_OBJECT) {
      const close = first === OPEN_ARRAY ? CLOSE_ARRAY : CLOSE_OBJECT;
      at = skipSpace(bytes, at + 1);
      if (bytes[at] === close) at += 1;
      else {
        open.push(close);
        if (close === CLOSE_OBJECT) at = afterName(bytes, at);
        if (at === NOWHERE) return false;
        continue;
      }
    } else at = afterScalar(bytes, at);
    if (at === NOWHERE) return false;

    // A value has ended, and with it perhaps what it was in.
    for (;;) {
      at = skipSpace(bytes, at);
      if (open.last === undefined) return at === bytes.length;
      const next = bytes[at];
      at += 1;
      if (next === COMMA) {
        if (open.last === CLOSE_OBJECT) at = afterName(bytes, skipSpace(bytes, at));
        if (at === NOWHERE) return false;
        break;
      }
      if (next !== open.last) return false;
      open.pop();
    }
  }
}

/** The brackets that are still to come, a byte each. */
class OpenEnds {
  #ends = new Uint8Array(64);
  #depth = 0;

  get last(): number | undefined {
    return this.#depth === 0 ? undefined : this.#ends[this.#depth - 1];
  }

  push(end: number): void {
    if (this.#depth === this.#ends.length) {
      const wider = new Uint8Array(2 * this.#depth);
      wider.set(this.#ends);
      this.#ends = wider;
    }
    this.#ends[this.#depth] = end;
    this.#depth += 1;
  }

  pop(): void {
    this.#depth -= 1;
  }
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at += 1;
  }
}

/** A member's name and its colon. */
function afterName(bytes: Buffer, at: number): number {
  const end = afterString(bytes, at);
  if (end === NOWHERE) return NOWHERE;
  const colon = skipSpace(bytes, end);
  return bytes[colon] === COLON ? colon + 1 : NOWHERE;
}

function afterScalar(bytes: Buffer, at: number): number {
  const first = bytes[at];
  if (first === QUOTE) return afterString(bytes, at);
  if (first === MINUS || isDigit(first)) return afterNumber(bytes, at);
  return afterWord(bytes, at, literals.get(first ?? 0));
}

/** Byte by byte: a view of each of a million literals would cost more than all the rest. */
function afterWord(bytes: Buffer, at: number, word: Buffer | undefined): number {
  if (!word) return NOWHERE;
  for (let index = 0; index < word.length; index += 1) if (bytes[at + index] !== word[index]) return NOWHERE;
  return at + word.length;
}

function afterString(bytes: Buffer, from: number): number {
  if (bytes[from] !== QUOTE) return NOWHERE;
  let at = from + 1;
  for (;;) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte === undefined || byte < SPACE) return NOWHERE;
    at = byte === BACKSLASH ? afterEscape(bytes, at + 1) : at + 1;
    if (at === NOWHERE) return NOWHERE;
  }
}

const HEX_DIGITS = 4;

function afterEscape(bytes: Buffer, at: number): number {
  const byte = bytes[at];
  if (byte !== 0x75) return byte !== undefined && escaped.has(byte) ? at + 1 : NOWHERE;
  for (let index = 1; index <= HEX_DIGITS; index += 1) if (!isHexDigit(bytes[at + index])) return NOWHERE;
  return at + 1 + HEX_DIGITS;
}

/** In either case: `| 0x20` makes letters small, and changes no digit. */
function isHexDigit(byte = 0): boolean {
  const letter = byte | 0x20;
  return isDigit(byte) || (letter >= 0x61 && letter <= 0x66);
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= ZERO + 9;

function afterDigits(bytes: Buffer, from: number): number {
  let at = from;
  while (isDigit(bytes[at])) at += 1;
  return at === from ? NOWHERE : at;
}

function afterNumber(bytes: Buffer, from: number): number {
  let at = bytes[from] === MINUS ? from + 1 : from;
  at = bytes[at] === ZERO ? at + 1 : afterDigits(bytes, at);
  if (at !== NOWHERE && bytes[at] === POINT) at = afterDigits(bytes, at + 1);
  if (at === NOWHERE || ((bytes[at] ?? 0) | 0x20) !== 0x65) return at;
  const sign = bytes[at + 1];
  return afterDigits(bytes, sign === PLUS || sign === MINUS ? at + 2 : at + 1);
}
