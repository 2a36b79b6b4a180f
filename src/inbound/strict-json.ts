/**
 * JSON as RFC 7493 (I-JSON) wants it from strangers: no duplicate names, bounded nesting,
 * and no name that could reach a prototype. JSON.parse does the rest.
 */
import { jsonPointer, Problem } from '../problem.js';

/** Deeper than any body this API takes; recursive code behind it stays far from the stack's end. */
const MAX_DEPTH = 32;

/** RFC 8259, 8.1: UTF-8 without a byte order mark; what is no UTF-8 is refused rather than guessed at. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws Problem BODY_INVALID, naming the rule */
export function parseStrictJson(body: Buffer): unknown {
  let text: string;
  let value: unknown;
  try {
    text = utf8.decode(body);
    value = JSON.parse(text);
  } catch (error) {
    throw new Problem('BODY_INVALID', 'The body is not valid JSON in UTF-8.', { cause: error });
  }
  checkNames(text);
  return value;
}

/** Walks JSON already known to be valid; a string before ":" is a name. */
function checkNames(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  let stringStart = 0;
  let stringEnd = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '{':
      case '[':
        if (open.push(text[at] === '{' ? new Set() : undefined) > MAX_DEPTH)
          throw new Problem('BODY_INVALID', `The body is nested deeper than ${MAX_DEPTH} levels.`);
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case '"':
        stringStart = at;
        at = endOfString(text, at);
        stringEnd = at;
        break;
      case ':':
        addName(open.at(-1), nameWithin(text.slice(stringStart, stringEnd + 1)));
        break;
    }
  }
}

/** Index of the quote that ends the string which starts at `at`. */
function endOfString(text: string, at: number): number {
  let end = at + 1;
  while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  return end;
}

/** Most names are written as they are; a parser for each would take longer than all the rest. */
const nameWithin = (quoted: string): string =>
  quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);

function addName(names: Set<string> | undefined, name: string): void {
  if (name === '__proto__' || names?.has(name)) {
    const pointer = jsonPointer([name]);
    const detail = name === '__proto__' ? 'is not a name we take' : 'occurs twice in one object';
    throw new Problem('BODY_INVALID', `${pointer}: ${detail}`, { errors: [{ detail, pointer }] });
  }
  names?.add(name);
}
