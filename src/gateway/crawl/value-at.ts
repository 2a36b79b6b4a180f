/** Where a pointer leads in valid JSON. */
import type { JsonPointer } from './json-pointer.js';
import {
  afterString,
  afterValue,
  isClosing,
  kindAt,
  type Span,
  skipSpace,
  toNextMember,
} from './json-scan.js';

/** An open object, among the next indexes of open arrays. */
const OBJECT = -1;
const COLON_LENGTH = 1;

/**
 * In one pass, whatever the pointer: of a name that occurs twice the last counts, as to JSON.parse, so that each object
 * on the way has to be read to its end.
 * @param start where the value begins that the pointer starts from
 */
export function valueAt(text: string, pointer: JsonPointer, start = 0): Span | undefined {
  const first = skipSpace(text, start);
  if (pointer.length === 0) return { start: first, end: afterValue(text, first) };

  /** The containers that the pointer has led into: the next index of each, or OBJECT. */
  const open: number[] = [];
  const enter = (at: number): number => {
    const kind = kindAt(text, at);
    if (kind !== 'array' && kind !== 'object') return afterValue(text, at);
    open.push(kind === 'array' ? 0 : OBJECT);
    return skipSpace(text, at + 1);
  };

  let found: Span | undefined;
  let at = enter(first);
  while (open.length > 0) {
    at = toNextMember(text, at);
    if (isClosing(text, at)) {
      open.pop();
      at += 1;
      continue;
    }
    const depth = open.length;
    const part = pointer[depth - 1] as JsonPointer[number];
    const index = open[depth - 1] as number;
    let leadsHere = index === part.index;
    if (index === OBJECT) {
      const nameEnd = afterString(text, at);
      leadsHere = isName(text, at, nameEnd, part.name);
      at = skipSpace(text, skipSpace(text, nameEnd) + COLON_LENGTH);
    } else open[depth - 1] = index + 1;

    if (!leadsHere) at = afterValue(text, at);
    else if (depth < pointer.length) {
      found = undefined;
      at = enter(at);
    } else {
      found = { start: at, end: afterValue(text, at) };
      at = found.end;
    }
  }
  return found;
}

/** An escape has at most six characters for one. */
const MAX_ESCAPE_LENGTH = 6;

/** Whether the string from `start` to `end`, quotes included, says `name`. */
function isName(text: string, start: number, end: number, name: string): boolean {
  const length = end - start - 2;
  if (length === name.length && text.startsWith(name, start + 1)) return !name.includes('\\');
  if (length <= name.length || length > MAX_ESCAPE_LENGTH * name.length) return false;
  const written = text.slice(start, end);
  return written.includes('\\') && JSON.parse(written) === name;
}
