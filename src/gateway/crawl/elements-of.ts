import { afterValue, isClosing, type Span, skipSpace, toNextMember } from './json-scan.js';

/** The elements of an array in valid JSON, one after the other: no list of them is built. */
export function* elementsOf(text: string, array: Span): Generator<Span> {
  let at = skipSpace(text, array.start + 1);
  while (!isClosing(text, at)) {
    const end = afterValue(text, at);
    yield { start: at, end };
    at = toNextMember(text, end);
  }
}

export function countElements(text: string, array: Span): number {
  let count = 0;
  let at = skipSpace(text, array.start + 1);
  for (; !isClosing(text, at); count += 1) at = toNextMember(text, afterValue(text, at));
  return count;
}
