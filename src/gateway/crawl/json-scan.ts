/**
 * Steps through text that is known to be valid JSON (outbound/is-json.ts), without building what it says: a page may be
 * 4 MiB of brackets, which JSON.parse makes 150 MB of, and numbers past 2^53 keep their digits. No step goes deeper into
 * the stack, however deep the value is, and none looks at a character twice.
 */

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** A value's place in the text: from its first character to the one after its last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type JsonKind = 'array' | 'object' | 'string' | 'number' | 'literal';

/** What begins at `at`. */
export function kindAt(text: string, at: number): JsonKind {
  switch (text.charCodeAt(at)) {
    case OPEN_ARRAY:
      return 'array';
    case OPEN_OBJECT:
      return 'object';
    case QUOTE:
      return 'string';
    case 0x66: // false
    case 0x6e: // null
    case 0x74: // true
      return 'literal';
    default:
      return 'number';
  }
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

export function skipSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/** @param from at its first quote */
export function afterString(text: string, from: number): number {
  let at = from + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    at += code === BACKSLASH ? 2 : 1;
  }
}

/** @param from at its first character, no space */
export function afterValue(text: string, from: number): number {
  switch (kindAt(text, from)) {
    case 'array':
    case 'object':
      return afterContainer(text, from);
    case 'string':
      return afterString(text, from);
    default:
      return afterScalar(text, from);
  }
}

/** Valid JSON closes what it opened: counting is enough. */
function afterContainer(text: string, from: number): number {
  let depth = 0;
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = afterString(text, at);
      continue;
    }
    at += 1;
    if (code === OPEN_ARRAY || code === OPEN_OBJECT) depth += 1;
    else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) depth -= 1;
    if (depth === 0) return at;
  }
}

function afterScalar(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === CLOSE_ARRAY || code === CLOSE_OBJECT || isSpace(code)) break;
    at += 1;
  }
  return at;
}

/** Whether what is at `at` ends the container that it is in. */
export function isClosing(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === CLOSE_ARRAY || code === CLOSE_OBJECT;
}

/** Over the comma between two members, where there is one, to the next member or the closing bracket. */
export function toNextMember(text: string, from: number): number {
  const at = skipSpace(text, from);
  return text.charCodeAt(at) === COMMA ? skipSpace(text, at + 1) : at;
}
