/** What a page says, out of its text. */
import { createHash } from 'node:crypto';
import { Problem } from '../../problem.js';
import { countElements } from './elements-of.js';
import type { JsonPointer } from './json-pointer.js';
import { kindAt, type Span } from './json-scan.js';
import { valueAt } from './value-at.js';

/** The list of a page, where it stands in the page's text. */
export interface PageItems {
  readonly text: string;
  readonly items: Span;
  readonly count: number;
  /** The same for items that are written alike. */
  readonly fingerprint: string;
}

/** @throws Problem UPSTREAM_INVALID where there is no list */
export function itemsOf(text: string, itemsPath: JsonPointer): PageItems {
  const items = valueAt(text, itemsPath);
  if (!items) throw pageInvalid('has nothing at itemsPath');
  if (kindAt(text, items.start) !== 'array') throw pageInvalid('has no list at itemsPath');
  const fingerprint = createHash('sha256').update(text.slice(items.start, items.end)).digest('base64');
  return { text, items, count: countElements(text, items), fingerprint };
}

/** Of a page that has no body. */
export const noItems: PageItems = itemsOf('[]', []);

export const pageInvalid = (what: string): Problem =>
  new Problem('UPSTREAM_INVALID', `The page ${what}.`, { isLogged: true });

/** A whole number of at least 0, and small enough to count with. */
export function countAt(text: string, path: JsonPointer): number | undefined {
  const span = valueAt(text, path);
  if (!span || kindAt(text, span.start) !== 'number') return undefined;
  const value = Number(text.slice(span.start, span.end));
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Longer ones fit into no URL that can be called. */
const MAX_CURSOR_LENGTH = 2_048;

/**
 * The cursor as text, a number in the digits that it came in.
 * @returns nothing at the end of the list: null, empty or missing
 * @throws Problem UPSTREAM_INVALID where it is something else
 */
export function cursorAt(text: string, path: JsonPointer): string | undefined {
  const span = valueAt(text, path);
  if (!span) return undefined;
  const written = text.slice(span.start, span.end);
  if (written === 'null') return undefined;
  const kind = kindAt(written, 0);
  if (kind !== 'string' && kind !== 'number')
    throw pageInvalid('has at nextPath what is no string and no number');
  // Each character of it may be written as six.
  if (written.length > 6 * MAX_CURSOR_LENGTH) throw pageInvalid('has too long a cursor at nextPath');
  const cursor = kind === 'string' ? String(JSON.parse(written)) : written;
  if (!cursor.isWellFormed()) throw pageInvalid('has a lone surrogate at nextPath');
  return cursor === '' ? undefined : cursor;
}
