/** What tells an item from another: strings by what they say, numbers by their value, each digit of it. */
import { createHash } from 'node:crypto';
import type { JsonPointer } from './json-pointer.js';
import { kindAt } from './json-scan.js';
import { valueAt } from './value-at.js';

/** Longer keys are kept by their hash: 100,000 of them stay in a few megabytes. */
const MAX_KEY_LENGTH = 40;

/** @returns nothing where the pointer leads to no string and no number */
export function itemKey(text: string, pointer: JsonPointer, itemStart: number): string | undefined {
  const span = valueAt(text, pointer, itemStart);
  if (!span) return undefined;
  const kind = kindAt(text, span.start);
  if (kind !== 'string' && kind !== 'number') return undefined;
  const written = text.slice(span.start, span.end);
  return kind === 'string' ? kept(`s${JSON.parse(written)}`) : kept(`n${canonicalNumber(written)}`);
}

/** A copy: a slice of a page's text would keep the page. Lone surrogates hash as what they are in UTF-16. */
const kept = (key: string): string =>
  key.length > MAX_KEY_LENGTH
    ? createHash('sha256').update(Buffer.from(key, 'utf16le')).digest('base64')
    : Buffer.from(key, 'utf16le').toString('utf16le');

/** Numbers that are written longer are equal where they are written alike; no API writes one in two ways. */
const MAX_NUMBER_LENGTH = 64;
/** Of an exponent, exactly. */
const MAX_EXPONENT_DIGITS = 15;

/** `1`, `1.0` and `10e-1` are one number; `12345678901234567890` and `...891` are two. */
function canonicalNumber(written: string): string {
  if (written.length > MAX_NUMBER_LENGTH) return written;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(written) ?? [];
  if (exponent.length > MAX_EXPONENT_DIGITS) return written;
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign}${significant}e${power}`;
}
